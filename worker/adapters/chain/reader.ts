/** What reading a chain takes: a browser's page loads these functions of viem and no others. */
import type { Chain, PublicClient, Transport } from "viem";

export type ChainReader = Pick<
	PublicClient<Transport, Chain>,
	"chain" | "getBlock" | "getBlockNumber" | "getChainId" | "getCode" | "getLogs" | "readContract"
>;
