/** What a model's predictions are worth on held-out rows, the same for demo and simulation, fixed point and float. */
import { evaluateHospitals, type HospitalMetrics } from "../../worker/core/metrics/evaluateHospitals.ts";
import { createPredictor } from "../../worker/core/training/predict.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Study } from "../../worker/protocol/study.ts";

/** One probability per class for each sample. */
export type Predict = (samples: readonly Sample[]) => readonly (readonly number[])[];

/** The fixed-point model as everybody runs it. @param weights integers of scale 2^16 */
export const fixedPointPredict = (study: Study, weights: readonly number[]): Predict => {
	const predict = createPredictor(study, weights);
	return (samples) => samples.map(({ inputs }) => predict(inputs).probabilities);
};

export type HeldOutRows = {
	readonly test: readonly Sample[];
	/** Each hospital's part of them, at least one row. */
	readonly parts: readonly (readonly Sample[])[];
	/** Of the pooled metrics' bootstrap; 0 for none. */
	readonly resamples?: number;
};

/** @throws RangeError as evaluateClasses */
export const evaluatePredictions = (
	{ classes }: Pick<Study, "classes">,
	predict: Predict,
	{ test, parts, ...bootstrap }: HeldOutRows,
): HospitalMetrics => {
	const outcomeOf = (samples: readonly Sample[]) => ({
		labels: samples.map(({ label }) => label),
		probabilities: predict(samples),
	});
	return evaluateHospitals({
		classes: classes.length,
		pooled: outcomeOf(test),
		hospitals: parts.map(outcomeOf),
		...bootstrap,
	});
};
