/** The whole aggregation of one round, from checked objects to the new global weights; docs/PROTOCOL.md sections 5.5 and 5.6. Pure: workers, audit and browser run the same. */
import type { Profile } from "../../protocol/profiles.ts";
import { publicPolynomial } from "../ring/publicPolynomial.ts";
import { type MemberKeySum, openKeySums } from "./openKeySums.ts";
import type { SumAndDecrypt } from "./sumAndDecrypt.ts";
import { unpackKeySum } from "./unpackKeySum.ts";
import { newGlobalWeights, type ResidualStats, weightedSums } from "./weightedSums.ts";

export type AcceptedUpdate = {
	/** n_i, from the chain. */
	readonly sampleCount: number;
	/** c_i: W coefficients in [0, q), from the decoded bundle. */
	readonly ciphertext: readonly bigint[];
};

export type AggregationInput = {
	readonly profile: Profile;
	/** W of the study, at most N. */
	readonly weightCount: number;
	/** The frozen set, in order of acceptance: 1..maxUpdates, sample counts 1..maxSampleSum in all. */
	readonly updates: readonly AcceptedUpdate[];
	/** The members' proven key sums, at least `threshold`, in any order. */
	readonly keySums: readonly MemberKeySum[];
	readonly threshold: number;
	readonly memberCount: number;
	/** plainSumAndDecrypt(profile), or SEAL's (worker/adapters/ckks.ts). */
	readonly decrypt: SumAndDecrypt;
};

export type Aggregation = {
	/** The new global model: signed 20-bit integers, scale 2^16. */
	readonly weights: readonly number[];
	/** sum_i n_i w_i, exact. */
	readonly sums: readonly bigint[];
	/** M = sum_i n_i. */
	readonly sampleSum: number;
	readonly residuals: ResidualStats;
};

const requireUsable = ({ profile, weightCount, updates, keySums, memberCount }: AggregationInput): number => {
	if (updates.length < 1 || updates.length > profile.maxUpdates) {
		throw new RangeError(`${updates.length} updates, not 1 to ${profile.maxUpdates}`);
	}
	if (!Number.isInteger(weightCount) || weightCount < 1 || weightCount > profile.ringDegree) {
		throw new RangeError(`${weightCount} weights, not 1 to ${profile.ringDegree}`);
	}
	if (updates.some(({ ciphertext }) => ciphertext.length !== weightCount)) {
		throw new RangeError(`a ciphertext has not ${weightCount} coefficients`);
	}
	if (updates.some(({ sampleCount }) => !Number.isInteger(sampleCount) || sampleCount < 1)) {
		throw new RangeError("a sample count is no positive integer");
	}
	if (keySums.some(({ memberIndex }) => memberIndex > memberCount)) {
		throw new RangeError(`a key sum of a member beyond ${memberCount}`);
	}
	const sampleSum = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	if (sampleSum > profile.maxSampleSum) throw new RangeError(`${sampleSum} samples, more than ${profile.maxSampleSum}`);
	return sampleSum;
};

/**
 * Opens the key sum, decrypts the ciphertexts' sum and averages. What follows from the proofs (the key sums agree, S and the noise are small)
 * is checked all the same.
 * @throws DecentraHealthError KEY_SUM_MISSING for fewer than t key sums; KEY_SUM_INCONSISTENT when they disagree; DECRYPTION_INCONSISTENT;
 *   RangeError for what the contract excludes
 */
export const aggregateRound = (input: AggregationInput): Aggregation => {
	const { profile, updates, keySums, threshold, decrypt } = input;
	const sampleSum = requireUsable(input);
	const updateCount = updates.length;
	const secretSum = unpackKeySum(openKeySums(keySums, threshold), updateCount, profile);
	const ciphertexts = updates.map(({ ciphertext }) => ciphertext);
	const decrypted = decrypt(ciphertexts, publicPolynomial(profile), secretSum);
	const { sums, residuals } = weightedSums(decrypted, { profile, updateCount, sampleSum });
	return { weights: newGlobalWeights(sums, sampleSum), sums, sampleSum, residuals };
};
