/** A client of one JSON-RPC node. */
import { type Chain, createPublicClient, defineChain, http, type PublicClient, type Transport } from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { requireChainId } from "./errors.ts";

const RPC_TIMEOUT = 30_000;

/** @throws DecentraHealthError CONFIG_INVALID; the URL may hold an API key and is not repeated */
export const requireRpcUrl = (rpcUrl: string): void => {
	if (/^https?:\/\//.test(rpcUrl) && URL.canParse(rpcUrl)) return;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: "the RPC URL is no http:// or https:// address",
		nextStep: "Give the JSON-RPC address of an Ethereum node, for example http://127.0.0.1:8545.",
	});
};

export type RpcOptions = {
	readonly expectedChainId?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type Rpc = { readonly chain: Chain; readonly client: PublicClient<Transport, Chain> };

/** @throws DecentraHealthError CONFIG_INVALID, RPC_WRONG_CHAIN; viem's errors when the node can't be reached */
export const openRpc = async (rpcUrl: string, { expectedChainId, signal }: RpcOptions = {}): Promise<Rpc> => {
	requireRpcUrl(rpcUrl);
	const transport = http(rpcUrl, {
		timeout: RPC_TIMEOUT,
		retryCount: 2,
		...(signal === undefined ? {} : { fetchOptions: { signal } }),
	});
	const chainId = await createPublicClient({ transport }).getChainId();
	if (expectedChainId !== undefined) requireChainId(chainId, expectedChainId);
	const chain = defineChain({
		id: chainId,
		name: `chain ${chainId}`,
		nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
		rpcUrls: { default: { http: [rpcUrl] } },
	});
	return { chain, client: createPublicClient({ chain, transport, cacheTime: 0 }) };
};
