/**
 * Records of a table as a study's rows, the same in Node and in a browser. No error quotes a cell: rows are patients, and a file without its
 * header would put a patient into the column names too.
 */
import { describeLabels, labelOf } from "../../core/dataset/labels.ts";
import type { RowProblem } from "../../core/dataset/raw.ts";
import type { TablePreprocessing } from "../../protocol/study.ts";
import { refusal } from "./refusal.ts";

export type CsvRecord = {
	/** Of the record's last character; the header is line 1. */
	readonly line: number;
	readonly cells: readonly string[];
};

export type TableOptions = {
	/** The file, as messages call it. */
	readonly source: string;
	readonly preprocessing: Pick<TablePreprocessing, "columns" | "labelColumn" | "missing">;
	readonly classes: readonly string[];
	/** Whether rows without the label's column will do: they do for a prediction, not for training. Required by default. */
	readonly label?: "required" | "optional";
};

export type TableRow = {
	readonly line: number;
	/** In the order of `preprocessing.columns`; only of use without problems. */
	readonly features: readonly number[];
	/** Names of the columns whose cell is empty, and so has become the column's mean. */
	readonly filled: readonly string[];
	/** In [0, classes); undefined without a label's column, or when the cell is no class, which is a problem then. */
	readonly label: number | undefined;
	readonly problems: readonly RowProblem[];
};

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** What tables write where a measurement is missing. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "-", "?"]);

export const isMissing = (cell: string): boolean => MISSING.has(cell.trim().toLowerCase());

/** A finite decimal number; undefined for anything else. */
export const numberOf = (cell: string): number | undefined => {
	const text = cell.trim();
	const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
	return Number.isFinite(value) ? value : undefined;
};

/** Position of each wanted column in the file. Columns that the file adds are left alone; no name of theirs is ever quoted. */
const columnPositions = (header: readonly string[], wanted: readonly string[], source: string): readonly number[] => {
	const missing = wanted.filter((name) => !header.includes(name));
	const known = header.filter((name) => wanted.includes(name));
	const repeated = known.length - new Set(known).size;
	if (missing.length > 0 || repeated > 0) {
		const listed = missing.slice(0, 5).map((name) => `"${name}"`);
		const problems = [
			missing.length > 0 &&
				`${missing.length} missing (${listed.join(", ")}${missing.length > listed.length ? ", ..." : ""})`,
			repeated > 0 && `${repeated} repeated`,
		].filter((problem) => problem !== false);
		throw refusal(
			"DATASET_SHAPE",
			`${source}, line 1: wrong columns: ${problems.join("; ")}`,
			`The first line must name the study's ${wanted.length} columns, each once and in any order; other columns are not used.`,
		);
	}
	return wanted.map((name) => header.indexOf(name));
};

const numberProblem = (cell: string, where: string, column: string): RowProblem => ({
	error: refusal(
		"DATASET_VALUE",
		`${where} ${cell.trim() === "" ? "is empty" : "is not a finite decimal number"}`,
		"Correct the cell or remove the row, then load the file again.",
	),
	column,
	missing: isMissing(cell),
});

/**
 * @param header names of the file's columns
 * @returns reads the file's other records
 * @throws DecentraHealthError DATASET_SHAPE for wrong columns
 */
export const tableReader = (
	header: readonly string[],
	{ source, preprocessing, classes, label: labels = "required" }: TableOptions,
): ((record: CsvRecord) => TableRow) => {
	const names = header.map((name) => name.trim());
	const { columns, labelColumn } = preprocessing;
	const isLabelled = labels === "required" || names.includes(labelColumn);
	const wanted = [...columns.map(({ name }) => name), ...(isLabelled ? [labelColumn] : [])];
	const positions = columnPositions(names, wanted, source);

	const readLabel = (
		cell: string,
		line: number,
	): { readonly label?: number; readonly problems: readonly RowProblem[] } => {
		const label = labelOf(cell, classes);
		if (label !== undefined) return { label, problems: [] };
		const error = refusal(
			"DATASET_LABEL",
			`${source}, line ${line}, column "${labelColumn}" is no class of the study`,
			`Label every row with one of ${describeLabels(classes)}.`,
		);
		return { problems: [{ error, column: labelColumn, missing: isMissing(cell) }] };
	};

	return ({ line, cells }) => {
		if (cells.length !== names.length) {
			const error = refusal(
				"DATASET_SHAPE",
				`${source}, line ${line}: ${cells.length} cells; the first line has ${names.length}`,
				"Every line must have as many comma-separated cells as the first one.",
			);
			return { line, features: [], filled: [], label: undefined, problems: [{ error }] };
		}
		const cellOf = (column: number): string => cells[positions[column] ?? -1] ?? "";
		const problems: RowProblem[] = [];
		const filled: string[] = [];
		const features = columns.map(({ name, mean }, column) => {
			if (preprocessing.missing === "mean" && isMissing(cellOf(column))) {
				filled.push(name);
				return mean;
			}
			const value = numberOf(cellOf(column));
			if (value === undefined)
				problems.push(numberProblem(cellOf(column), `${source}, line ${line}, column "${name}"`, name));
			return value ?? 0;
		});
		const labelled = isLabelled ? readLabel(cellOf(columns.length), line) : { label: undefined, problems: [] };
		return { line, features, filled, label: labelled.label, problems: [...problems, ...labelled.problems] };
	};
};
