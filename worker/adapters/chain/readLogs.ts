/** All logs of some contracts, in as few requests as the node allows. */
import type { Address } from "viem";
import type { RawLog } from "../../core/ledger/events.ts";
import { isUnreachable } from "./errors.ts";
import type { ChainReader } from "./reader.ts";

/** Most blocks asked for at once; halved for a node that allows fewer. */
const LOG_RANGE = 10_000n;
const LEAST_RANGE = 16n;

export type LogRange = {
	readonly addresses: readonly Address[];
	/** First and last block, both included. */
	readonly from: bigint;
	readonly to: bigint;
};

/** @returns the logs in the chain's order. @throws viem's errors */
export const readLogs = async (
	client: Pick<ChainReader, "getLogs">,
	{ addresses, from, to }: LogRange,
): Promise<readonly RawLog[]> => {
	const logs: RawLog[] = [];
	let range = LOG_RANGE;
	for (let start = from; start <= to; ) {
		const end = start + range - 1n < to ? start + range - 1n : to;
		try {
			logs.push(...(await client.getLogs({ address: [...addresses], fromBlock: start, toBlock: end })));
			start = end + 1n;
		} catch (error) {
			// Nodes refuse ranges or answers over their own limits, each with another message; a smaller range wakes no dead node.
			if (range <= LEAST_RANGE || start === end || isUnreachable(error)) throw error;
			range /= 2n;
		}
	}
	return logs;
};
