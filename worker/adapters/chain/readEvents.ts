/** A deployment's events up to one block of one chain. A connection that lives long keeps the old ones and reads only what is new. */
import { BlockNotFoundError, type Hex } from "viem";
import { type Deployment, decodeEvent, type LedgerEvent, type RawLog } from "../../core/ledger/events.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { ChainReader } from "./reader.ts";
import { readLogs } from "./readLogs.ts";

export type EventLog = {
	/** In the chain's order. */
	readonly events: readonly LedgerEvent[];
	/** The block up to which, included, these are all events. */
	readonly blockNumber: bigint;
	readonly blockHash: Hex;
	/** The block's, Unix seconds. */
	readonly timestamp: bigint;
};

/** Events of the blocks up to `number`, which had this hash. */
type Kept = { readonly events: readonly LedgerEvent[]; readonly number: bigint; readonly hash: Hex };

/** Reads up to the block that the target names, which may not be above the latest. */
export type EventReader = (target: (latest: bigint) => bigint) => Promise<EventLog>;

export type EventReaderOptions = {
	readonly deployment: Deployment;
	/** First block to read. */
	readonly fromBlock: bigint;
	/**
	 * Newest blocks that are read each time all the same. A reorganization that is not deeper costs nothing, and what a node leaves out, because
	 * the one behind its address that answers is a little behind, is there at the next reading.
	 */
	readonly overlap?: bigint;
};

const OVERLAP = 64n;
/** How often events are read again because the chain changed meanwhile. */
const READ_ATTEMPTS = 4;

/** A log with its place, as the key of its event. */
const textOf = ({ address, topics, data, blockNumber, transactionHash, logIndex }: RawLog): string =>
	[blockNumber, logIndex, transactionHash, address, ...topics, data].join();

/** The block so many below the latest; the first one of a shorter chain. */
export const belowLatest =
	(confirmations: number) =>
	(latest: bigint): bigint =>
		latest > BigInt(confirmations) ? latest - BigInt(confirmations) : 0n;

/** The reader throws viem's errors, and RPC_FAILED when the chain never holds still. */
export const createEventReader = (
	client: ChainReader,
	{ deployment, fromBlock, overlap = OVERLAP }: EventReaderOptions,
): EventReader => {
	const addresses = Object.values(deployment);
	let kept: Kept | undefined;
	/** Events of the logs that were read last, by all that the node says about them. */
	let decoded: ReadonlyMap<string, LedgerEvent | undefined> = new Map();

	/** The block's hash; undefined when the chain has no such block (any more). */
	const hashOf = (blockNumber: bigint): Promise<Hex | undefined> =>
		client.getBlock({ blockNumber }).then(
			({ hash }) => hash,
			(error: unknown) => {
				if (error instanceof BlockNotFoundError) return undefined;
				throw error;
			},
		);

	/** What is kept, if it still holds on a chain whose block `to` has this hash. */
	const stillHolds = async (to: bigint, hash: Hex): Promise<Kept | undefined> => {
		const known = kept;
		if (known === undefined) return undefined;
		// Below the overlap, a reorganization leaves nothing that is known.
		return (known.number === to ? hash : await hashOf(known.number)) === known.hash ? known : undefined;
	};

	/** What to keep of the events up to `to`: those below the overlap, under the hash of the block there. */
	const toKeep = async (events: readonly LedgerEvent[], to: bigint): Promise<Kept | undefined> => {
		const number = to - overlap;
		const hash = number < fromBlock ? undefined : await hashOf(number);
		if (hash === undefined) return undefined;
		return { events: events.filter(({ place }) => place.blockNumber <= number), number, hash };
	};

	return async (target) => {
		for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
			const to = target(await client.getBlockNumber());
			const { hash, timestamp } = await client.getBlock({ blockNumber: to });
			const old = await stillHolds(to, hash);
			const from = old === undefined ? fromBlock : old.number + 1n;
			const logs = await readLogs(client, { addresses, from, to });
			const before = old?.events.filter(({ place }) => place.blockNumber <= to) ?? [];
			const known = decoded;
			decoded = new Map(
				logs.map((log) => {
					const key = textOf(log);
					return [key, known.has(key) ? known.get(key) : decodeEvent(log, deployment)];
				}),
			);
			const events = [...before, ...[...decoded.values()].filter((event) => event !== undefined)];
			const next = from > to ? old : await toKeep(events, to);
			// Last: with this block still there, all that was read before is of its chain.
			if ((await hashOf(to)) !== hash) continue;
			kept = next ?? old;
			return { events, blockNumber: to, blockHash: hash, timestamp };
		}
		throw new DecentraHealthError("RPC_FAILED", {
			message: "the chain was reorganized each time its events were read",
			nextStep: "Wait a little and repeat; if it goes on, use another RPC node.",
		});
	};
};
