/** Estimates in figures, and the series of a study's models. */
import type { Estimate } from "../../../worker/core/metrics/estimate.ts";
import type { ModelMetrics } from "./evaluateModel.ts";
import type { LineageModel } from "./lineage.ts";

const DIGITS = 3;

export const figure = (value: number): string => value.toFixed(DIGITS);

/** "0.991 (95 % interval 0.980 to 0.998)", or why there is none. */
export const estimateText = ({ value, interval, reason }: Estimate): string => {
	if (value === null) return `none: ${reason ?? "undefined"}`;
	if (interval === null) return figure(value);
	return `${figure(value)} (95 % interval ${figure(interval.low)} to ${figure(interval.high)})`;
};

/** "0.991 (0.980 to 0.998)": where the heading says what the brackets are. */
export const shortEstimate = ({ value, interval }: Estimate): string => {
	if (value === null) return "none";
	return interval === null ? figure(value) : `${figure(value)} (${figure(interval.low)} to ${figure(interval.high)})`;
};

export type SeriesPoint = {
	/** "initial", "round 1" */
	readonly label: string;
	readonly modelId: bigint;
	readonly auc?: Estimate;
	readonly accuracy?: Estimate;
};

/** One point a model, in the order of the lineage; without figures while they are not there. */
export const metricsSeries = (
	models: readonly Pick<LineageModel, "modelId" | "round">[],
	metricsOf: (model: Pick<LineageModel, "modelId">) => ModelMetrics | undefined,
): readonly SeriesPoint[] =>
	models.map((model) => {
		const metrics = metricsOf(model);
		return {
			label: model.round === undefined ? "initial" : `round ${model.round.roundId}`,
			modelId: model.modelId,
			...(metrics === undefined ? {} : { auc: metrics.auc, accuracy: metrics.accuracy }),
		};
	});
