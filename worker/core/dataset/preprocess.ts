/** From a row of measurements to u8 inputs, by the constants that a study publishes: every hospital scales in the same way. */
import type { TablePreprocessing } from "../../protocol/study.ts";

/** A row as read: one finite number per column of the study, in the study's order. */
export type Row = {
	readonly features: readonly number[];
	/** In [0, classes). */
	readonly label: number;
};

export type Scaling = { readonly mean: number; readonly deviation: number };

/** round(128 + 128 (x - mean) / (sigmas * deviation)), before it is clipped to a byte. */
export const scaled = (value: number, { mean, deviation }: Scaling, sigmas: number): number =>
	Math.round(128 + (128 * (value - mean)) / (sigmas * deviation));

/** clamp(round(128 + 128 (x - mean) / (sigmas * deviation)), 0, 255), the circuits' input with offset 128. */
export const scaleToByte = (value: number, scaling: Scaling, sigmas: number): number =>
	Math.min(255, Math.max(0, scaled(value, scaling, sigmas)));

/** @returns one byte per column, in input order [height][width][channels] */
export const quantizeRow = (
	features: readonly number[],
	{ columns, sigmas }: { readonly columns: readonly Scaling[] } & Pick<TablePreprocessing, "sigmas">,
): Uint8Array => {
	if (features.length !== columns.length) {
		throw new RangeError(`a row has ${columns.length} features, not ${features.length}`);
	}
	return Uint8Array.from(columns, (scaling, index) => scaleToByte(features[index] as number, scaling, sigmas));
};

/**
 * Mean and population standard deviation of each column, rounded to `digits` significant digits for publication in a study.
 * Only training rows may go in: constants of held-out rows would leak them into training.
 * @throws RangeError for no rows or a constant column
 */
export const columnStatistics = (rows: readonly (readonly number[])[], digits = 6): readonly Scaling[] => {
	const width = rows[0]?.length ?? 0;
	if (width === 0) throw new RangeError("no rows to take statistics of");
	return Array.from({ length: width }, (_, column) => {
		const values = rows.map((row) => row[column] as number);
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
		if (!(variance > 0)) throw new RangeError(`column ${column} is constant`);
		return { mean: Number(mean.toPrecision(digits)), deviation: Number(Math.sqrt(variance).toPrecision(digits)) };
	});
};
