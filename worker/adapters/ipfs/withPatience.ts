/** A peer's store that costs a bounded time: one that is down, or gives other bytes than it was asked for, is left alone for a while. */
import { isDecentraHealthError } from "../../protocol/errors.ts";
import { type BlockStore, unreachable } from "./blockStore.ts";
import type { Digest } from "./cid.ts";

export type PatienceOptions = {
	/** Milliseconds that a peer is left alone after its first failure; twice as long after each further one. */
	readonly firstPause?: number;
	readonly longestPause?: number;
	/** Milliseconds, only ever growing. */
	readonly now?: () => number;
};

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** One damaged block says little about the others; this many wrong answers in a row do. */
const MOST_LIES = 3;
/** Damaged blocks that are remembered. */
const MOST_DAMAGED = 256;

export const withPatience = (
	store: BlockStore,
	{ firstPause = FIRST_PAUSE, longestPause = LONGEST_PAUSE, now = () => performance.now() }: PatienceOptions = {},
): BlockStore => {
	const { description } = store;
	let failures = 0;
	let lies = 0;
	let pausedUntil = 0;
	/** Until when each block is not asked for again. */
	const damaged = new Map<Digest, number>();

	const failed = (): void => {
		pausedUntil = now() + Math.min(longestPause, firstPause * 2 ** Math.min(failures, 20));
		failures++;
	};
	const leftAlone = (why: string, until: number) =>
		unreachable(
			description,
			`${why} and is left alone for ${Math.ceil((until - now()) / 1000)} s`,
			"Wait, or fetch from another store or gateway.",
		);

	const guarded = async <T>(digest: Digest, run: () => Promise<T>): Promise<T> => {
		if (now() < pausedUntil) throw leftAlone("failed of late", pausedUntil);
		const until = damaged.get(digest) ?? 0;
		if (now() < until) throw leftAlone("gave other bytes for this block", until);
		try {
			const answer = await run();
			[failures, lies] = [0, 0];
			return answer;
		} catch (error) {
			switch (isDecentraHealthError(error) ? error.code : undefined) {
				case "IPFS_UNREACHABLE":
					failed();
					break;
				case "BLOCK_MISMATCH":
				case "BLOCK_TOO_LARGE": {
					damaged.delete(digest);
					damaged.set(digest, now() + longestPause);
					const [oldest] = damaged.keys();
					if (oldest !== undefined && damaged.size > MOST_DAMAGED) damaged.delete(oldest);
					if (++lies >= MOST_LIES) failed();
					break;
				}
				case "BLOCK_MISSING":
					// An answer like any other; it may have the block at the next question.
					failures = 0;
					break;
				default:
					break;
			}
			throw error;
		}
	};

	return {
		description,
		put: store.put,
		get: (digest, options) => guarded(digest, () => store.get(digest, options)),
		has: (digest, options) => guarded(digest, () => store.has(digest, options)),
	};
};
