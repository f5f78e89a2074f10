/**
 * Area under the ROC curve with its 95 % confidence interval: DeLong, DeLong & Clarke-Pearson (Biometrics 1988) in the
 * midrank form of Sun & Xu (IEEE Signal Processing Letters 2014), O(N log N).
 */
import { type Estimate, Z_95 } from "./estimate.ts";

/** Ranks from 1; equal values share the mean of their ranks. */
const midranks = (values: readonly number[]): Float64Array => {
	const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
	const ranks = new Float64Array(values.length);
	for (let start = 0; start < order.length; ) {
		let end = start;
		while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
		for (let position = start; position < end; position++) ranks[order[position] as number] = (start + 1 + end) / 2;
		start = end;
	}
	return ranks;
};

/** Unbiased sample variance. */
const variance = (values: Float64Array): number => {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

/**
 * @param positives scores of the samples with label 1; higher means more likely positive
 * @param negatives scores of the samples with label 0
 */
export const areaUnderRoc = (positives: readonly number[], negatives: readonly number[]): Estimate => {
	const m = positives.length;
	const n = negatives.length;
	if (m === 0 || n === 0) {
		return { value: null, interval: null, reason: `the samples are all ${m === 0 ? "negative" : "positive"}` };
	}
	const all = midranks([...positives, ...negatives]);
	const own = midranks(positives);
	const others = midranks(negatives);
	// How each positive is placed among the negatives, and each negative among the positives.
	const placements10 = own.map((rank, index) => ((all[index] as number) - rank) / n);
	const placements01 = others.map((rank, index) => 1 - ((all[m + index] as number) - rank) / m);
	const value = placements10.reduce((sum, placement) => sum + placement, 0) / m;
	if (m < 2 || n < 2) {
		return { value, interval: null, reason: "an interval needs two samples of each class" };
	}
	const halfWidth = Z_95 * Math.sqrt(variance(placements10) / m + variance(placements01) / n);
	return {
		value,
		interval: { low: Math.max(0, value - halfWidth), high: Math.min(1, value + halfWidth) },
		reason: null,
	};
};
