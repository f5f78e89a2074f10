"use client";

import { Text } from "@mantine/core";
import type { RowPrediction } from "@/lib/inference/predictions.ts";
import { integer } from "@/lib/words/numbers.ts";
import { PlainTable } from "../rounds/PlainTable.tsx";

const MOST_SHOWN = 100;
const DIGITS = 4;

type PredictionTableProps = { readonly predictions: readonly RowPrediction[]; readonly classNames: readonly string[] };

/** Probabilities by TensorFlow.js and by the protocol's fixed point, row by row. */
export const PredictionTable = ({ predictions, classNames }: PredictionTableProps) => {
	// Of two classes, the second one's probability says it all.
	const shown = classNames.length === 2 ? [1] : classNames.map((_, index) => index);
	const labelled = predictions.some(({ label }) => label !== undefined);
	const nameOf = (label: number | undefined): string => (label === undefined ? "–" : (classNames[label] ?? "–"));
	const right = predictions.filter(({ label, predicted }) => label === predicted).length;
	const largest = Math.max(...predictions.map(({ difference }) => difference));
	return (
		<>
			<Text role="status" mb="sm">
				{predictions.length === 1 ? "1 row" : `${integer(predictions.length)} rows`} predicted
				{labelled ? `, ${integer(right)} as labelled` : ""}. TensorFlow.js and fixed point differ by at most{" "}
				{largest.toFixed(DIGITS)}.
			</Text>
			<PlainTable
				caption={
					predictions.length > MOST_SHOWN ? `Predictions of the first ${MOST_SHOWN} rows` : "Predictions, row by row"
				}
				head={[
					"Row",
					...(labelled ? ["Label"] : []),
					"Predicted class",
					...shown.flatMap((label) => [
						`Probability of ${classNames[label]}, TensorFlow.js`,
						`Probability of ${classNames[label]}, fixed point`,
					]),
				]}
				rows={predictions.slice(0, MOST_SHOWN).map(({ where, label, predicted, float, fixed }) => ({
					key: where,
					cells: [
						where,
						...(labelled ? [nameOf(label)] : []),
						nameOf(predicted),
						...shown.flatMap((k) => [float[k]?.toFixed(DIGITS), fixed[k]?.toFixed(DIGITS)]),
					],
				}))}
			/>
		</>
	);
};
