/** Several stores as one: a folder first, then gateways, for example. */
import { BLOCK_LOST, CANNOT_BE_HAD, STORE_FAILED } from "../../protocol/blockErrors.ts";
import { DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";
import { type BlockStore, type IoOptions, throwIfAborted } from "./blockStore.ts";
import { pause } from "./pause.ts";

export type FirstOfOptions = {
	/** Milliseconds after which the next store is asked as well, while those before it are silent. */
	readonly hedgeAfter?: number;
	readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** Why a store's request was given up: it was silent for `hedgeAfter`, and then another one answered. */
export const OVERTAKEN = Symbol("overtaken");

const HEDGE_AFTER = 1_500;
/** Requests for one block at a time. */
const MOST_AT_ONCE = 4;

/** When all fail, the code that tells the most. While one of them could not be asked, the block may be there: so its code comes first. */
const PRECEDENCE: readonly ErrorCode[] = [...STORE_FAILED, ...BLOCK_LOST];

/**
 * `get` and `has` ask the stores in turn, and the next one beside those that are silent: one that lies, is down or never answers costs little. The
 * first answer is taken and the other requests are given up; `put` writes to the first.
 * @throws RangeError for no stores
 */
export const firstOf = (
	stores: readonly BlockStore[],
	{ hedgeAfter = HEDGE_AFTER, wait = pause }: FirstOfOptions = {},
): BlockStore => {
	const [first] = stores;
	if (first === undefined) throw new RangeError("at least one store is needed");
	const description = stores.map((store) => store.description).join(", then ");

	const inTurn = async <T>(
		{ signal }: IoOptions,
		ask: (store: BlockStore, options: IoOptions) => Promise<T>,
		enough: (answer: T) => boolean,
	): Promise<T> => {
		throwIfAborted(signal, description);
		const errors = new Map<number, DecentraHealthError>();
		let fallback: { readonly answer: T } | undefined;
		const running = new Set<Running<T>>();
		let asked = 0;
		try {
			while (running.size > 0 || asked < stores.length) {
				const next = running.size < MOST_AT_ONCE ? stores[asked] : undefined;
				if (next !== undefined) running.add(start(asked++, (own) => ask(next, { signal: anyOf(signal, own) })));
				const mayAskMore = asked < stores.length && running.size < MOST_AT_ONCE;
				const ended = await firstEnded(running, mayAskMore ? (stop) => wait(hedgeAfter, stop) : undefined);
				if (ended === undefined) {
					for (const request of running) request.isSilent = true;
					continue;
				}
				running.delete(ended.request);
				if ("answer" in ended) {
					if (enough(ended.answer)) return ended.answer;
					fallback = ended;
				} else if (isOneStoresProblem(ended.error)) {
					errors.set(ended.request.position, ended.error);
				} else {
					throw ended.error;
				}
			}
		} finally {
			for (const { isSilent, giveUp } of running) giveUp(isSilent ? OVERTAKEN : undefined);
		}
		if (errors.size === 0 && fallback !== undefined) return fallback.answer;
		throw summarize([...errors].sort(([a], [b]) => a - b).map(([, error]) => error));
	};

	return {
		description,
		put: (bytes, options) => first.put(bytes, options),
		get: (digest, options = {}) =>
			inTurn(
				options,
				(store, within) => store.get(digest, within),
				() => true,
			),
		has: (digest, options = {}) =>
			inTurn(
				options,
				(store, within) => store.has(digest, within),
				(answer) => answer,
			),
	};
};

type Running<T> = {
	/** Of the store. */
	readonly position: number;
	readonly giveUp: (reason?: unknown) => void;
	readonly end: Promise<Ended<T>>;
	isSilent: boolean;
};

type Ended<T> = { readonly request: Running<T> } & ({ readonly answer: T } | { readonly error: unknown });

const start = <T>(position: number, ask: (signal: AbortSignal) => Promise<T>): Running<T> => {
	const stop = new AbortController();
	const end = ask(stop.signal).then(
		(answer) => ({ request, answer }),
		(error: unknown) => ({ request, error }),
	);
	const request: Running<T> = { position, giveUp: (reason) => stop.abort(reason), end, isSilent: false };
	return request;
};

/** @returns undefined when the time of `wait` was over before */
const firstEnded = async <T>(
	running: ReadonlySet<Running<T>>,
	wait: ((stop: AbortSignal) => Promise<void>) | undefined,
): Promise<Ended<T> | undefined> => {
	const stop = new AbortController();
	const time = wait === undefined ? [] : [wait(stop.signal).then(() => undefined)];
	try {
		return await Promise.race([...[...running].map(({ end }) => end), ...time]);
	} finally {
		stop.abort();
	}
};

const anyOf = (signal: AbortSignal | undefined, own: AbortSignal): AbortSignal =>
	signal === undefined ? own : AbortSignal.any([signal, own]);

const isOneStoresProblem = (error: unknown): error is DecentraHealthError =>
	isDecentraHealthError(error) && CANNOT_BE_HAD.includes(error.code);

const summarize = (errors: readonly DecentraHealthError[]): DecentraHealthError => {
	const [only] = errors;
	if (errors.length === 1 && only !== undefined) return only;
	const worst = PRECEDENCE.map((code) => errors.find((error) => error.code === code)).find(
		(error) => error !== undefined,
	);
	return new DecentraHealthError(worst?.code ?? "BLOCK_MISSING", {
		message: errors.map(({ message }) => message).join("; "),
		nextStep: worst?.nextStep ?? "Add a store that has the block.",
		cause: new AggregateError(errors),
	});
};
