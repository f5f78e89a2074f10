/** A client with the few functions of viem that the public pages use: all of them would be 50 kB more of compressed JavaScript. */
import {
	type Abi,
	type Address,
	type Chain,
	type Client,
	createClient,
	decodeFunctionResult,
	defineChain,
	encodeFunctionData,
	http,
	type PublicClient,
	type Transport,
} from "viem";
import { getBlock, getBlockNumber, getChainId, getCode, getLogs, getTransactionReceipt } from "viem/actions";
import type { DappConfig } from "../config/schema.ts";

export type ReaderClient = Pick<
	PublicClient<Transport, Chain>,
	| "chain"
	| "getBlock"
	| "getBlockNumber"
	| "getChainId"
	| "getCode"
	| "getLogs"
	| "getTransactionReceipt"
	| "readContract"
	| "request"
>;

type Read = { readonly address: Address; readonly abi: Abi; readonly functionName: string; readonly args?: unknown[] };

/** viem's own action also calls contracts that are not deployed and follows offchain lookups: 10 kB that no page needs. */
const readContract = async (client: Client, { address, abi, functionName, args = [] }: Read): Promise<unknown> => {
	const data = encodeFunctionData({ abi, functionName, args });
	const result = await client.request({ method: "eth_call", params: [{ to: address, data }, "latest"] });
	return decodeFunctionResult({ abi, functionName, args, data: result });
};

const ACTIONS = {
	getBlock,
	getBlockNumber,
	getChainId,
	getCode,
	getLogs,
	getTransactionReceipt,
	readContract,
} as const;

/** viem's own client offers each action with itself as the first argument, under these very names and types. */
const readerOf = (chain: Chain, transport: Transport): ReaderClient => {
	const client = createClient({ chain, transport, cacheTime: 0 });
	type Action = (on: typeof client, ...args: unknown[]) => unknown;
	const bound = Object.fromEntries(
		Object.entries(ACTIONS).map(([name, action]) => [
			name,
			// The generic signatures are lost in binding; ReaderClient has them.
			(...args: unknown[]) => (action as unknown as Action)(client, ...args),
		]),
	);
	return client.extend(() => bound) as unknown as ReaderClient;
};

export const viemChain = ({ id, name, rpcUrl, explorerUrl }: DappConfig["chain"]): Chain =>
	defineChain({
		id,
		name,
		nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
		rpcUrls: { default: { http: [rpcUrl] } },
		...(explorerUrl === undefined ? {} : { blockExplorers: { default: { name: "Explorer", url: explorerUrl } } }),
	});

/** What is asked in one moment goes out as one batch. */
export const httpReader = (chain: DappConfig["chain"]): ReaderClient =>
	readerOf(viemChain(chain), http(chain.rpcUrl, { batch: { wait: 10 }, timeout: 30_000, retryCount: 2 }));
