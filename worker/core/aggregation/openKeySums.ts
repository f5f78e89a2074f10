/** Opens the key sum from the members' sums alone, naming liars within Reed-Solomon's unique decoding radius. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { type Candidate, type MemberKeySum, shamirCandidates } from "./shamirCandidates.ts";

export type OpenedKeySums = {
	/** K packed elements of S. */
	readonly values: readonly bigint[];
	/** Members whose key sum is not on the polynomials, ascending. */
	readonly liars: readonly number[];
};

/**
 * The candidate that is certain as long as at most floor((m - t) / 2) of the m key sums are false, or undefined.
 * Such a candidate has at least m - floor((m - t) / 2) key sums on it. Two different ones would share at least
 * m - 2 floor((m - t) / 2) >= t key sums, and t points determine the polynomials: so there is at most one.
 */
export const uniqueCandidate = (candidates: readonly Candidate[], threshold: number): Candidate | undefined => {
	const best = candidates[0];
	if (best === undefined) return undefined;
	const count = best.agreeing.length + best.dissenting.length;
	return best.dissenting.length <= Math.floor((count - threshold) / 2) ? best : undefined;
};

export const describeGroups = (candidates: readonly Candidate[]): string =>
	candidates.map(({ agreeing }) => `{${agreeing.join(", ")}}`).join(", ");

/** @throws KEY_SUM_MISSING when fewer than t key sums are there to interpolate */
export const requireThreshold = (keySums: readonly MemberKeySum[], threshold: number): void => {
	if (keySums.length >= threshold) return;
	throw new DecentraHealthError("KEY_SUM_MISSING", {
		message: `${keySums.length} usable key sums, but ${threshold} are needed to open the sum`,
		nextStep: "Wait for more committee members to post their key sums, or let the round fail at its deadline.",
	});
};

/**
 * With exactly t key sums there is nothing to check against: a lie then shows only when the opened key is small and decrypts
 * (see aggregateRound, which also decides between candidates that this function cannot tell apart).
 * @throws KEY_SUM_MISSING; KEY_SUM_INCONSISTENT when the key sums disagree beyond unique decoding
 */
export const openKeySums = (keySums: readonly MemberKeySum[], threshold: number): OpenedKeySums => {
	requireThreshold(keySums, threshold);
	const candidates = shamirCandidates(keySums, threshold);
	const found = uniqueCandidate(candidates, threshold);
	if (found !== undefined) return { values: found.values, liars: found.dissenting };
	throw new DecentraHealthError("KEY_SUM_INCONSISTENT", {
		message: `the ${keySums.length} key sums disagree beyond what threshold ${threshold} can decide; members that agree with each other: ${describeGroups(candidates)}`,
		nextStep: "Aggregate with the ciphertexts, whose decryption tells the true key sum, or wait for more key sums.",
	});
};
