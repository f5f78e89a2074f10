"use client";

import { Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { estimateText, figure } from "@/lib/evaluation/estimates.ts";
import type { ModelMetrics } from "@/lib/evaluation/evaluateModel.ts";
import { integer } from "@/lib/words/numbers.ts";
import { PlainTable } from "../rounds/PlainTable.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { areRowsForeign, NoRows } from "./NoRows.tsx";

type MetricsDetailsProps = {
	readonly result: UseQueryResult<ModelMetrics> | undefined;
	readonly classNames: readonly string[];
	/** What the rows are. */
	readonly description: string;
};

const rowsOf = (metrics: ModelMetrics, classNames: readonly string[]) => {
	const { auc, aucByClass, accuracy, balancedAccuracy, sensitivity, brier, ece } = metrics;
	const isBinary = classNames.length === 2;
	const [specificity, recall] = sensitivity;
	const byClass =
		isBinary && specificity !== undefined && recall !== undefined
			? [
					["Sensitivity", estimateText(recall), `Share of "${classNames[1]}" that was found.`],
					["Specificity", estimateText(specificity), `Share of "${classNames[0]}" that was told apart.`],
				]
			: classNames.flatMap((name, index) => {
					const [found, area] = [sensitivity[index], aucByClass[index]];
					if (found === undefined || area === undefined) return [];
					return [
						[`Sensitivity of ${name}`, estimateText(found), "Share of the class that was found."],
						[`AUC of ${name}`, estimateText(area), "Against all other classes."],
					];
				});
	return [
		["AUC", estimateText(auc), "How well probabilities rank: 0.5 is chance, 1 is perfect."],
		["Accuracy", estimateText(accuracy), "Share of rows whose class was predicted."],
		["Balanced accuracy", estimateText(balancedAccuracy), "Mean of the classes' sensitivities."],
		...byClass,
		[
			"Brier score",
			estimateText(brier),
			`Squared error of the probabilities: 0 is perfect${isBinary ? ", 0.25 is a coin" : ""}.`,
		],
		["Calibration error (ECE)", figure(ece), "Difference of probability and frequency, over 10 bins."],
	];
};

/** A model's figures in full, computed in this browser. */
export const MetricsDetails = ({ result, classNames, description }: MetricsDetailsProps) => {
	if (areRowsForeign(result?.error)) return <NoRows foreign />;
	if (result?.error) return <ErrorState error={result.error} onRetry={() => void result.refetch()} />;
	const metrics = result?.data;
	if (metrics === undefined) return <LoadingState what="the held-out rows" />;
	return (
		<Stack gap="lg">
			<PlainTable
				caption={`Figures on ${integer(metrics.sampleCount)} held-out rows`}
				head={["Measure", "Value", "Meaning"]}
				rows={rowsOf(metrics, classNames).map((cells) => ({ key: cells[0] ?? "", cells }))}
			/>
			<PlainTable
				caption="Confusion matrix: rows by their true class, columns by the predicted one"
				head={["True class", ...classNames.map((name) => `Predicted ${name}`)]}
				rows={classNames.map((name, index) => ({
					key: name,
					cells: [name, ...(metrics.confusion[index] ?? []).map(integer)],
				}))}
			/>
			<Text size="sm" c="dimmed">
				Computed in this browser, not proven. Rows: {description}. Nothing proves that no hospital trained on them.
				Probabilities are those of the protocol's fixed-point model, at a threshold of 0.5 for two classes.
			</Text>
		</Stack>
	);
};
