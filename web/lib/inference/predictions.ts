/** Two predictions of the same row beside each other: TensorFlow.js' floats and the protocol's fixed point. */
import { predictedClass } from "../../../worker/core/metrics/evaluateClasses.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import type { UploadedRow } from "./upload.ts";

export type RowPrediction = {
	readonly where: string;
	readonly label?: number;
	/** One probability a class. */
	readonly float: readonly number[];
	readonly fixed: readonly number[];
	/** Of the fixed point, in [0, classes). */
	readonly predicted: number;
	/** Largest difference between the two, over the classes. */
	readonly difference: number;
};

/** @param floats TensorFlow.js' probabilities, one row each */
export const predictRows = (
	study: Study,
	weights: readonly number[],
	rows: readonly UploadedRow[],
	floats: readonly (readonly number[])[],
): readonly RowPrediction[] => {
	const predict = createPredictor(study, weights);
	return rows.map(({ where, inputs, label }, index) => {
		const fixed = predict(inputs).probabilities;
		const float = floats[index] ?? [];
		return {
			where,
			...(label === undefined ? {} : { label }),
			float,
			fixed,
			predicted: predictedClass(fixed),
			difference: fixed.reduce((most, value, k) => Math.max(most, Math.abs(value - (float[k] ?? Number.NaN))), 0),
		};
	});
};

/** Inputs of a table's row as the measurements that they stand for: each byte is a range of them. */
export const approximateValues = (
	inputs: Uint8Array,
	{ preprocessing }: Pick<Study, "preprocessing">,
): readonly { readonly name: string; readonly value: number }[] =>
	preprocessing.kind === "image"
		? []
		: preprocessing.columns.map(({ name, mean, deviation }, index) => ({
				name,
				value: mean + (((inputs[index] ?? 128) - 128) / 128) * preprocessing.sigmas * deviation,
			}));
