/** From the decrypted polynomial to the exact weighted sums, and on to the new global weights; docs/PROTOCOL.md sections 5.5 and 5.6. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { roundDivide } from "../../protocol/integers.ts";
import { fixedPoint, type Profile } from "../../protocol/profiles.ts";

export type ResidualStats = {
	/** Largest |V_j - 2^16 round(V_j / 2^16)| over the W coefficients: the summed encryption noise. */
	readonly greatest: number;
	/** Root mean square of the same. */
	readonly rootMeanSquare: number;
	/** The bound that each was checked against: 64 |U|. */
	readonly bound: number;
};

export type WeightedSums = {
	/** sum_i n_i w_i, one per weight, exact. */
	readonly sums: readonly bigint[];
	readonly residuals: ResidualStats;
};

const inconsistent = (problem: string): DecentraHealthError =>
	new DecentraHealthError("DECRYPTION_INCONSISTENT", {
		message: `the sum does not decrypt: ${problem}`,
		nextStep:
			"A bundle, a key sum or the frozen set is not the proven one: check every bundle against its proof and every key sum's proofs, and have a false update challenged.",
	});

/**
 * Splits V_j = 2^16 sum_i n_i w_(i,j) + sum_i e_(i,j), checking that it can be of that form.
 * @param decrypted V: W centred coefficients
 * @param sampleSum M = sum_i n_i, 1..maxSampleSum
 * @throws DECRYPTION_INCONSISTENT when a residual exceeds 64 |U|, or a sum is out of M * 20 bits
 */
export const weightedSums = (
	decrypted: readonly bigint[],
	{ profile, updateCount, sampleSum }: { profile: Profile; updateCount: number; sampleSum: number },
): WeightedSums => {
	const scale = 1n << BigInt(profile.deltaBits);
	const bound = 2 ** (profile.errorBits - 1) * updateCount;
	const least = -BigInt(sampleSum) << BigInt(fixedPoint.weightBits - 1);
	const greatestSum = -least - BigInt(sampleSum);
	const sums: bigint[] = [];
	let greatest = 0;
	let squares = 0;
	decrypted.forEach((value, index) => {
		const sum = roundDivide(value, scale);
		const residual = Math.abs(Number(value - sum * scale));
		if (residual > bound) throw inconsistent(`coefficient ${index} has residual ${residual} over ${bound}`);
		if (sum < least || sum > greatestSum) throw inconsistent(`coefficient ${index} is no weighted sum of weights`);
		sums.push(sum);
		greatest = Math.max(greatest, residual);
		squares += residual * residual;
	});
	return { sums, residuals: { greatest, rootMeanSquare: Math.sqrt(squares / decrypted.length), bound } };
};

/**
 * FedAvg's new global weights: floor((2 sum + M) / (2 M)), the nearest integer to the weighted mean, halves up.
 * @returns signed 20-bit integers, scale 2^16 (a weighted mean of such is one again)
 */
export const newGlobalWeights = (sums: readonly bigint[], sampleSum: number): readonly number[] => {
	const total = BigInt(sampleSum);
	return sums.map((sum) => Number(roundDivide(sum, total)));
};
