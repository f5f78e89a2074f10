/**
 * Percentile bootstrap (Efron & Tibshirani 1993, chapter 13) for what has no closed form. Stratified: each resample has as many samples of each
 * class as there are, so that no measure is undefined in one. Seeded: the same samples give the same interval everywhere.
 */
import { createRandom } from "../dataset/random.ts";

export type Interval = { readonly low: number; readonly high: number };

/** Resamples of an interval; 2.5 % of them lie beyond each end. */
export const RESAMPLES = 1000;

/** The value below which a share of the sorted values lies, linear between neighbours. */
const quantile = (sorted: Float64Array, share: number): number => {
	const position = share * (sorted.length - 1);
	const below = Math.floor(position);
	const [low, high] = [sorted[below] as number, sorted[Math.ceil(position)] as number];
	return low + (high - low) * (position - below);
};

/**
 * @param labels class of each sample
 * @param measures each maps how often each sample was drawn (Uint32, one per sample) to a number
 * @returns a 95 % interval for each measure
 */
export const bootstrapIntervals = (
	labels: readonly number[],
	measures: readonly ((counts: Uint32Array) => number)[],
	{ resamples = RESAMPLES, seed = "DecentraHealth/bootstrap/v1" } = {},
): readonly Interval[] => {
	const random = createRandom(seed);
	const strata = [...new Set(labels)]
		.sort((a, b) => a - b)
		.map((label) => labels.flatMap((each, index) => (each === label ? [index] : [])));
	const values = measures.map(() => new Float64Array(resamples));
	const counts = new Uint32Array(labels.length);
	for (let resample = 0; resample < resamples; resample++) {
		counts.fill(0);
		for (const members of strata) {
			for (let draw = 0; draw < members.length; draw++) {
				const index = members[random.below(members.length)] as number;
				counts[index] = (counts[index] as number) + 1;
			}
		}
		measures.forEach((measure, index) => {
			(values[index] as Float64Array)[resample] = measure(counts);
		});
	}
	return values.map((each) => {
		const sorted = each.sort();
		return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
	});
};
