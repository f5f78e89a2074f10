/** A peer's store that costs a bounded time: one that is down, silent, or gives other bytes than it was asked for, is left alone for a while. */
import { isDecentraHealthError } from "../../protocol/errors.ts";
import { type BlockStore, type IoOptions, unreachable } from "./blockStore.ts";
import type { Digest } from "./cid.ts";
import { OVERTAKEN } from "./firstOf.ts";
import { retryAfterOf } from "./httpAnswer.ts";

export type PatienceOptions = {
	/** Milliseconds that a peer, or one block of it, is left alone after its first failure; twice as long after each further one. */
	readonly firstPause?: number;
	readonly longestPause?: number;
	/** Milliseconds, only ever growing. */
	readonly now?: () => number;
};

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** However long a peer asks to be left alone. */
const LONGEST_ASKED = 600_000;
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
	/** How often each block was not the one asked for, and until when it is not asked for again. */
	const damaged = new Map<Digest, { readonly times: number; readonly until: number }>();

	const pauseAfter = (times: number): number => Math.min(longestPause, firstPause * 2 ** Math.min(times, 20));
	const failed = (error?: unknown): void => {
		// Many requests at once fail for one reason: that is one failure.
		if (now() >= pausedUntil) pausedUntil = now() + pauseAfter(failures++);
		pausedUntil = Math.max(pausedUntil, now() + Math.min(retryAfterOf(error) ?? 0, LONGEST_ASKED));
	};
	const leftAlone = (why: string, until: number) =>
		unreachable(
			description,
			`${why} and is left alone for ${Math.ceil((until - now()) / 1000)} s`,
			"Wait, or fetch from another store or gateway.",
		);

	const guarded = async <T>(digest: Digest, { signal }: IoOptions, run: () => Promise<T>): Promise<T> => {
		if (now() < pausedUntil) throw leftAlone("failed of late", pausedUntil);
		const { until = 0, times = 0 } = damaged.get(digest) ?? {};
		if (now() < until) throw leftAlone("gave other bytes for this block", until);
		try {
			const answer = await run();
			[failures, lies] = [0, 0];
			damaged.delete(digest);
			return answer;
		} catch (error) {
			switch (isDecentraHealthError(error) ? error.code : undefined) {
				case "IPFS_UNREACHABLE":
				case "IPFS_REFUSED":
					failed(error);
					break;
				case "ABORTED":
					if (signal?.reason === OVERTAKEN) failed();
					break;
				case "BLOCK_MISMATCH":
				case "BLOCK_TOO_LARGE": {
					damaged.delete(digest);
					// Soon again at first: it may have been the way here that changed it, and nobody else may have it.
					damaged.set(digest, { times: times + 1, until: now() + pauseAfter(times) });
					const [oldest] = damaged.keys();
					if (oldest !== undefined && damaged.size > MOST_DAMAGED) damaged.delete(oldest);
					if (++lies >= MOST_LIES) failed();
					break;
				}
				case "BLOCK_MISSING":
				case "IPFS_TIMEOUT":
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
		get: (digest, options = {}) => guarded(digest, options, () => store.get(digest, options)),
		has: (digest, options = {}) => guarded(digest, options, () => store.has(digest, options)),
	};
};
