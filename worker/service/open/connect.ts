/** The deployment behind the configured RPC nodes. */
import { type ChainConnection, connectChain } from "../../adapters/chain/connect.ts";
import { isDevelopmentChain } from "../../protocol/developmentChain.ts";
import type { WorkerConfig } from "../config/schema.ts";

/** @throws DecentraHealthError RPC_UNREACHABLE, RPC_FAILED, RPC_WRONG_CHAIN, CONTRACT_MISSING, CONFIG_INVALID, ABORTED */
export const connect = ({ rpc, roundManager, chainId, fromBlock }: WorkerConfig, signal?: AbortSignal) =>
	connectChain({
		rpcUrl: rpc.url,
		witnesses: rpc.witnesses,
		address: roundManager,
		expectedChainId: chainId,
		...(fromBlock === undefined ? {} : { fromBlock: BigInt(fromBlock) }),
		signal,
	}) satisfies Promise<ChainConnection>;

/** Blocks on top of a freeze; a development chain has no others and no reorganizations that were not asked for. */
const PUBLIC_CONFIRMATIONS = 5;

export const confirmationsOf = ({ confirmations, chainId }: WorkerConfig): number =>
	confirmations ?? (isDevelopmentChain(chainId) ? 0 : PUBLIC_CONFIRMATIONS);
