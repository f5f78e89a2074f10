/** The whole aggregation of one round, from checked objects to the new global weights; docs/PROTOCOL.md sections 5.5 and 5.6. Pure: workers, audit and browser run the same. */
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { Profile } from "../../protocol/profiles.ts";
import { publicPolynomial } from "../ring/publicPolynomial.ts";
import { describeGroups, requireThreshold, uniqueCandidate } from "./openKeySums.ts";
import { type Candidate, type MemberKeySum, shamirCandidates } from "./shamirCandidates.ts";
import type { SumAndDecrypt } from "./sumAndDecrypt.ts";
import { unpackKeySum } from "./unpackKeySum.ts";
import { newGlobalWeights, type ResidualStats, weightedSums } from "./weightedSums.ts";

export type AcceptedUpdate = {
	/** n_i, from the chain. */
	readonly sampleCount: number;
	/** c_i: N coefficients in [0, q), from the decoded bundle. */
	readonly ciphertext: readonly bigint[];
};

export type AggregationInput = {
	readonly profile: Profile;
	/** Weights of the study's architecture, at most N. */
	readonly weightCount: number;
	/** The frozen set, in order of acceptance: 1..maxUpdates, sample counts 1..maxSampleSum in all. */
	readonly updates: readonly AcceptedUpdate[];
	/** The members' decoded key sums, at least `threshold`, in any order. */
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
	/** Members whose key sum is false, ascending. */
	readonly liars: readonly number[];
	readonly residuals: ResidualStats;
};

const requireUsable = ({ profile, weightCount, updates, keySums, memberCount }: AggregationInput): number => {
	if (updates.length < 1 || updates.length > profile.maxUpdates) {
		throw new RangeError(`${updates.length} updates, not 1 to ${profile.maxUpdates}`);
	}
	if (!Number.isInteger(weightCount) || weightCount < 1 || weightCount > profile.ringDegree) {
		throw new RangeError(`${weightCount} weights, not 1 to ${profile.ringDegree}`);
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
 * Opens the key sum, decrypts the ciphertexts' sum and averages.
 *
 * Who lies? The key sums alone decide up to floor((m - t) / 2) liars. Beyond that the ciphertexts decide: they are proven to be
 * encryptions under the true keys, so S + d in place of S leaves a * d on top of the plaintext, which must vanish up to the noise on
 * every coefficient past the weights. Counting shows that no such d exists but with probability 2^-1000 over a: with 64 updates and
 * 330 weights there are fewer than 2^28,650 small d (digits of 13.99 bits), a * d takes at least 2^70,600 values equally often (q^z
 * divides Norm(d) for z vanishing NTT slots, so z <= 714), and at most 2^40,900 of them pass. Three updates allow 1,000 weights by the
 * same count; beyond it, such a d is a short vector of a module lattice. So any t honest key sums suffice, whatever the others post;
 * were two candidates to decrypt nevertheless, the round is refused.
 *
 * @throws KEY_SUM_MISSING for fewer than t key sums; DECRYPTION_INCONSISTENT when there is one candidate and it is false;
 *   KEY_SUM_INCONSISTENT when none or several of many candidates decrypt
 */
export const aggregateRound = (input: AggregationInput): Aggregation => {
	const { profile, weightCount, updates, keySums, threshold, decrypt } = input;
	const sampleSum = requireUsable(input);
	requireThreshold(keySums, threshold);
	const polynomial = publicPolynomial(profile);
	const ciphertexts = updates.map(({ ciphertext }) => ciphertext);

	const aggregate = ({ values, dissenting }: Candidate): Aggregation => {
		const secretSum = unpackKeySum(values, updates.length, profile);
		const decrypted = decrypt(ciphertexts, polynomial, secretSum);
		const { sums, residuals } = weightedSums(decrypted, {
			profile,
			weightCount,
			updateCount: updates.length,
			sampleSum,
		});
		return { weights: newGlobalWeights(sums, sampleSum), sums, sampleSum, liars: dissenting, residuals };
	};

	const candidates = shamirCandidates(keySums, threshold);
	const unique = uniqueCandidate(candidates, threshold);
	const found: Aggregation[] = [];
	let failure: unknown;
	for (const candidate of candidates) {
		try {
			found.push(aggregate(candidate));
		} catch (error) {
			if (!isDecentraHealthError(error) || error.code !== "DECRYPTION_INCONSISTENT") throw error;
			failure = error;
		}
		if (candidate === unique && found.length === 1) break;
	}
	const [only, ...others] = found;
	if (only !== undefined && others.length === 0) return only;
	if (candidates.length === 1) throw failure;
	throw new DecentraHealthError("KEY_SUM_INCONSISTENT", {
		message: `the key sums disagree, and ${found.length} of the groups that agree decrypt the sum; groups: ${describeGroups(candidates)}`,
		nextStep:
			"Check the bundles against their digests and proofs; wait for another member's key sum, or let the round fail at its deadline.",
		cause: failure,
	});
};
