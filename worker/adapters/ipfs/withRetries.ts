/** A store that is asked again after a failure that may pass: what an audit reads from. A gateway's bad moment is no finding. */
import { type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";
import { type BlockStore, type IoOptions, throwIfAborted } from "./blockStore.ts";
import { retryAfterOf } from "./httpAnswer.ts";
import { pause } from "./pause.ts";

export type RetryOptions = {
	/** Requests in all. */
	readonly attempts?: number;
	/** Milliseconds before the second request; twice as long before each further one, unless the server asks for another time. */
	readonly firstPause?: number;
	/** Whoever asks for a longer time is not asked again. */
	readonly longestPause?: number;
	readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

const PASSING: readonly ErrorCode[] = ["IPFS_UNREACHABLE", "IPFS_TIMEOUT"];

export const withRetries = (
	store: BlockStore,
	{ attempts = 4, firstPause = 500, longestPause = 30_000, wait = pause }: RetryOptions = {},
): BlockStore => {
	const { description } = store;
	const retrying = async <T>({ signal }: IoOptions, ask: () => Promise<T>): Promise<T> => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await ask();
			} catch (error) {
				const mayPass = isDecentraHealthError(error) && PASSING.includes(error.code);
				const time = retryAfterOf(error) ?? firstPause * 2 ** (attempt - 1);
				if (!mayPass || attempt >= attempts || time > longestPause) throw error;
				await wait(time, signal);
				throwIfAborted(signal, description);
			}
		}
	};
	return {
		description,
		put: store.put,
		get: (digest, options = {}) => retrying(options, () => store.get(digest, options)),
		has: (digest, options = {}) => retrying(options, () => store.has(digest, options)),
	};
};
