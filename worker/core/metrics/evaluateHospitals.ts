/** A model on all held-out samples, on each hospital's part, and where it is worst: a good mean can hide a hospital that it fails. */
import { type ClassMetrics, type ClassOutcome, evaluateClasses } from "./evaluateClasses.ts";

export type HospitalMetrics = {
	readonly pooled: ClassMetrics;
	readonly perHospital: readonly ClassMetrics[];
	/** Index of the hospital with the lowest AUC, of those that have one; else with the lowest accuracy. Null without hospitals. */
	readonly worst: number | null;
};

const lowest = (values: readonly (number | null)[]): number | null =>
	values.reduce<number | null>((best, value, index) => {
		if (value === null) return best;
		return best === null || value < (values[best] ?? Infinity) ? index : best;
	}, null);

/** @throws RangeError as {@link evaluateClasses} */
export const evaluateHospitals = ({
	classes,
	pooled,
	hospitals,
	resamples,
}: {
	readonly classes: number;
	readonly pooled: ClassOutcome;
	readonly hospitals: readonly ClassOutcome[];
	/** Of the pooled metrics' bootstrap; the hospitals' have closed-form intervals only. */
	readonly resamples?: number;
}): HospitalMetrics => {
	const perHospital = hospitals.map((outcome) => evaluateClasses({ ...outcome, classes, resamples: 0 }));
	return {
		pooled: evaluateClasses({ ...pooled, classes, ...(resamples === undefined ? {} : { resamples }) }),
		perHospital,
		worst: lowest(perHospital.map(({ auc }) => auc.value)) ?? lowest(perHospital.map(({ accuracy }) => accuracy.value)),
	};
};
