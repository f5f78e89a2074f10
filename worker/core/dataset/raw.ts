/** Rows as a loader finds them, whatever the format: the good ones with their values, the others with what is wrong. */
import type { DecentraHealthError } from "../../protocol/errors.ts";
import type { Sample } from "../../protocol/merkle.ts";
import type { Study } from "../../protocol/study.ts";
import { imageInputs, type RawImage } from "./image.ts";
import { quantizeRow } from "./preprocess.ts";

export type RawValue =
	/** `filled`: names of the columns whose cell is empty, and so has become the column's mean. */
	| { readonly kind: "table"; readonly features: readonly number[]; readonly filled: readonly string[] }
	| { readonly kind: "image"; readonly image: RawImage }
	/** Of a normalized store: already quantized for the study. */
	| { readonly kind: "inputs"; readonly inputs: Uint8Array };

export type RowProblem = {
	readonly error: DecentraHealthError;
	/** The study's name of the cell's column; undefined: the row or its image. */
	readonly column?: string;
	/** Whether a cell is empty rather than wrong. */
	readonly missing?: boolean;
};

/** A row without problems. */
export type RawRow = {
	/** Where people find it: line of a CSV file (the header is line 1), number from 1 of an image in an archive or store. */
	readonly row: number;
	/** In [0, classes). */
	readonly label: number;
	readonly value: RawValue;
};

export type RawEntry = RawRow | { readonly row: number; readonly problems: readonly [RowProblem, ...RowProblem[]] };

/** The row, if it has no problem and so both label and value; its problems otherwise. @throws RangeError for a bad row without one */
export const entryOf = (
	row: number,
	[first, ...others]: readonly RowProblem[],
	label: number | undefined,
	value: RawValue | undefined,
): RawEntry => {
	if (first !== undefined) return { row, problems: [first, ...others] };
	if (label === undefined || value === undefined) throw new RangeError("a row without label or value has a problem");
	return { row, label, value };
};

export type InputDefinition = Pick<Study, "input" | "preprocessing" | "classes">;

/** The u8 inputs of a row, in order [height][width][channels]. @throws RangeError for a value of another kind of study */
export const rawInputs = (value: RawValue, { input, preprocessing }: InputDefinition): Uint8Array => {
	if (value.kind === "inputs") return value.inputs;
	if (value.kind === "table" && preprocessing.kind === "table") return quantizeRow(value.features, preprocessing);
	if (value.kind === "image" && preprocessing.kind === "image") {
		return imageInputs(value.image, { input, preprocessing });
	}
	throw new RangeError("the value is of another kind than the study's preprocessing");
};

/** A row as the study trains on it. */
export const rawSample = ({ label, value }: RawRow, study: InputDefinition): Sample => ({
	inputs: rawInputs(value, study),
	label,
});
