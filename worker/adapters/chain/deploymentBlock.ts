/** Where a deployment's history starts, so that a public chain's years before it need not be read. */
import type { Address } from "viem";
import type { ChainReader } from "./reader.ts";

/** Shorter chains are read whole: that takes no longer than searching. */
const SHORT_CHAIN = 50_000n;

/**
 * The first block in which one of the contracts has code, found by bisection. Only a node's definite "no code here" moves the start forward: one
 * that has thrown old states away says neither, and then nothing is left out.
 * @param shortChain up to this many blocks, the answer is 0
 * @returns a block at or before the first event of the contracts
 */
export const deploymentBlock = async (
	client: Pick<ChainReader, "getBlockNumber" | "getCode">,
	addresses: readonly Address[],
	shortChain = SHORT_CHAIN,
): Promise<bigint> => {
	const latest = await client.getBlockNumber();
	if (latest <= shortChain) return 0n;
	const firstWithCode = async (address: Address): Promise<bigint> => {
		let without = -1n;
		let withCode = latest;
		while (withCode - without > 1n) {
			const middle = (without + withCode) / 2n;
			const code = (await client.getCode({ address, blockNumber: middle })) ?? "0x";
			if (code === "0x") without = middle;
			else withCode = middle;
		}
		return withCode;
	};
	try {
		const blocks = await Promise.all(addresses.map(firstWithCode));
		return blocks.reduce((least, block) => (block < least ? block : least), latest);
	} catch {
		return 0n;
	}
};
