/** Several stores as one: a folder first, then gateways, for example. */
import { DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../../protocol/errors.ts";
import type { BlockStore } from "./blockStore.ts";

/** When all fail, the code that tells the most: a forged block before an unreachable store before a missing one. */
const PRECEDENCE: readonly ErrorCode[] = ["BLOCK_MISMATCH", "BLOCK_TOO_LARGE", "IPFS_UNREACHABLE", "BLOCK_MISSING"];

const isOneStoresProblem = (error: unknown): error is DecentraHealthError =>
	isDecentraHealthError(error) && PRECEDENCE.includes(error.code);

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

/**
 * `get` and `has` ask the stores in turn, so one that lies or is down costs time and nothing else; `put` writes to the first.
 * @throws RangeError for no stores
 */
export const firstOf = (stores: readonly BlockStore[]): BlockStore => {
	const [first] = stores;
	if (first === undefined) throw new RangeError("at least one store is needed");
	const inTurn = async <T>(ask: (store: BlockStore) => Promise<T>, enough: (answer: T) => boolean): Promise<T> => {
		const errors: DecentraHealthError[] = [];
		let fallback: { readonly answer: T } | undefined;
		for (const store of stores) {
			try {
				const answer = await ask(store);
				if (enough(answer)) return answer;
				fallback = { answer };
			} catch (error) {
				if (!isOneStoresProblem(error)) throw error;
				errors.push(error);
			}
		}
		if (errors.length === 0 && fallback !== undefined) return fallback.answer;
		throw summarize(errors);
	};
	return {
		description: stores.map(({ description }) => description).join(", then "),
		put: (bytes, options) => first.put(bytes, options),
		get: (digest, options) =>
			inTurn(
				(store) => store.get(digest, options),
				() => true,
			),
		has: (digest, options) =>
			inTurn(
				(store) => store.has(digest, options),
				(answer) => answer,
			),
	};
};
