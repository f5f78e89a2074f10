/** The same by a WebSocket, on which the node speaks first. Loaded when it is used. */
import { type Address, webSocket } from "viem";
import type { DappConfig } from "../config/schema.ts";
import { viemChain } from "./client.ts";

type SocketWatch = {
	readonly chain: DappConfig["chain"];
	readonly url: string;
	readonly address: readonly Address[];
	readonly onLogs: () => void;
	/** The socket or the subscription is gone. */
	readonly onError: () => void;
};

/** @returns a function that ends it */
export const watchBySocket = async ({ chain, url, address, onLogs, onError }: SocketWatch): Promise<() => void> => {
	const { value } = webSocket(url, { retryCount: 2 })({ chain: viemChain(chain) });
	if (value === undefined) throw new RangeError("a WebSocket transport subscribes");
	const { unsubscribe } = await value.subscribe({
		params: ["logs", { address: [...address] }],
		onData: onLogs,
		onError,
	});
	return () => void unsubscribe();
};
