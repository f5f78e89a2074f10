/** How good a global model is on public held-out rows: fixed point, as the protocol predicts. */
import { type ClassMetrics, evaluateClasses } from "../../../worker/core/metrics/evaluateClasses.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import type { Study } from "../../../worker/protocol/study.ts";

/** Without the metrics of two classes alone, which the others say too. */
export type ModelMetrics = Omit<ClassMetrics, "binary">;

/** @throws RangeError for no samples, or weights and inputs of another network */
export const evaluateModel = (study: Study, weights: readonly number[], samples: readonly Sample[]): ModelMetrics => {
	const predict = createPredictor(study, weights);
	const { binary: _, ...metrics } = evaluateClasses({
		labels: samples.map(({ label }) => label),
		probabilities: samples.map(({ inputs }) => predict(inputs).probabilities),
		classes: study.classes.length,
	});
	return metrics;
};
