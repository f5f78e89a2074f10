/** Whether a node's WebSocket serves the same chain as its HTTP address. */
import { createPublicClient, webSocket } from "viem";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";

const TIMEOUT = 10_000;

/** @throws DecentraHealthError CONFIG_INVALID, RPC_UNREACHABLE, RPC_WRONG_CHAIN; the URL may hold an API key and is not repeated */
export const checkWebSocket = async (url: string, chainId: number): Promise<void> => {
	if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: "the WebSocket address does not start with ws:// or wss://",
			nextStep: "Correct it, or leave it out: events are then read over HTTP.",
		});
	}
	const transport = webSocket(url, { timeout: TIMEOUT, retryCount: 0, reconnect: false, keepAlive: false });
	const client = createPublicClient({ transport });
	const found = await client.getChainId().catch(() => undefined);
	await client.transport
		.getRpcClient()
		.then((socket) => socket.close())
		.catch(() => undefined);
	if (found === chainId) return;
	throw found === undefined
		? new DecentraHealthError("RPC_UNREACHABLE", {
				message: "the node does not answer at its WebSocket address",
				nextStep: "Correct it, or leave it out: events are then read over HTTP.",
			})
		: new DecentraHealthError("RPC_WRONG_CHAIN", {
				message: `the WebSocket address serves chain ${found}, the RPC URL chain ${chainId}`,
				nextStep: "Give two addresses of one chain.",
			});
};
