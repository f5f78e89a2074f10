"use client";

import { Text } from "@mantine/core";
import { metricsSeries } from "@/lib/evaluation/estimates.ts";
import type { LineageModel } from "@/lib/evaluation/lineage.ts";
import type { Evaluations } from "@/lib/evaluation/useEvaluations.ts";
import type { ChartData, Point } from "@/lib/words/chart.ts";
import type { Estimate } from "../../../worker/core/metrics/estimate.ts";
import { LineChart } from "../charts/LineChart.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { areRowsForeign, NoRows } from "./NoRows.tsx";

type MetricsChartProps = {
	/** In the order of the lineage. */
	readonly models: readonly Pick<LineageModel, "modelId" | "round">[];
	readonly evaluations: Evaluations;
};

const pointsOf = (estimates: readonly (Estimate | undefined)[]): readonly Point[] =>
	estimates.flatMap((estimate, x) => {
		if (estimate?.value === undefined || estimate.value === null) return [];
		const { value: y, interval } = estimate;
		return [interval === null ? { x, y } : { x, y, interval: [interval.low, interval.high] as const }];
	});

/** AUC and accuracy after each finalized round, with intervals; computed in this browser. */
export const MetricsChart = ({ models, evaluations: { heldOut, byModel } }: MetricsChartProps) => {
	if (heldOut === undefined) return <NoRows />;
	const results = models.map(({ modelId }) => byModel.get(modelId));
	const failed = results.find((result) => result?.isError);
	if (areRowsForeign(failed?.error)) return <NoRows foreign />;
	const series = metricsSeries(models, ({ modelId }) => byModel.get(modelId)?.data);
	if (series.every(({ auc }) => auc === undefined)) {
		return failed === undefined ? (
			<LoadingState what="models and held-out rows" />
		) : (
			<ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
		);
	}
	const data: ChartData = {
		xName: "Finalized rounds",
		decimals: 3,
		limits: [0, 1],
		series: [
			{ name: "AUC", points: pointsOf(series.map(({ auc }) => auc)) },
			{ name: "Accuracy", points: pointsOf(series.map(({ accuracy }) => accuracy)) },
		],
	};
	return (
		<>
			<LineChart title="AUC and accuracy by round, with 95 % intervals" data={data} />
			<Text size="sm" c="dimmed" mt="sm">
				Computed in this browser, not proven. Rows: {heldOut.description}. Nothing proves that no hospital trained on
				them.
			</Text>
			{failed === undefined ? null : <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
		</>
	);
};
