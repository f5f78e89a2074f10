/** Accuracy and AUC of a study's models as a chart over its rounds. */
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { Estimate } from "../../../worker/core/metrics/estimate.ts";
import type { ChartData, Point } from "./chart.ts";

type Metrics = { readonly auc: Estimate; readonly accuracy: Estimate };

const pointsOf = (x: number, { value, interval }: Estimate): readonly Point[] =>
	value === null ? [] : [{ x, y: value, ...(interval === null ? {} : { interval: [interval.low, interval.high] }) }];

/** The initial model is at 0; models that are not evaluated, and metrics that are not defined, have no point. */
export const qualityChart = (
	models: readonly Pick<ModelRecord, "modelId" | "roundId">[],
	metricsOf: (modelId: bigint) => Metrics | undefined,
): ChartData => {
	const series = (name: string, pick: (metrics: Metrics) => Estimate) => ({
		name,
		points: models.flatMap(({ modelId, roundId }) => {
			const metrics = metricsOf(modelId);
			return metrics === undefined ? [] : pointsOf(Number(roundId), pick(metrics));
		}),
	});
	return {
		xName: "Round",
		decimals: 3,
		limits: [0, 1],
		series: [series("AUC", ({ auc }) => auc), series("Accuracy", ({ accuracy }) => accuracy)],
	};
};
