/**
 * A hospital's CSV file as rows. Every cell is checked before any row is used, and no error quotes a cell:
 * rows are patients, and a file without its header would put a patient into the column names too.
 */
import { describeLabels, labelOf } from "../../core/dataset/labels.ts";
import type { Row } from "../../core/dataset/preprocess.ts";
import { entryOf, type RawEntry, type RowProblem } from "../../core/dataset/raw.ts";
import type { TablePreprocessing } from "../../protocol/study.ts";
import { type CsvRecord, readCsvRecords } from "./csvRecords.ts";
import { refusal } from "./failure.ts";
import { requireGoodRows } from "./requireGoodRows.ts";

export type CsvOptions = {
	readonly path: string;
	readonly preprocessing: Pick<TablePreprocessing, "columns" | "labelColumn" | "missing">;
	readonly classes: readonly string[];
	/** Most data rows that {@link readCsvRows} accepts; by default the most that one hospital may commit to. */
	readonly maxRows?: number | undefined;
	readonly signal?: AbortSignal | undefined;
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
const columnPositions = (header: readonly string[], wanted: readonly string[], path: string): readonly number[] => {
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
			`${path}, line 1: wrong columns: ${problems.join("; ")}`,
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

const readRow = (
	{ line, cells }: CsvRecord,
	{ path, preprocessing, classes }: CsvOptions,
	width: number,
	positions: readonly number[],
): RawEntry => {
	if (cells.length !== width) {
		const error = refusal(
			"DATASET_SHAPE",
			`${path}, line ${line}: ${cells.length} cells; the first line has ${width}`,
			"Every line must have as many comma-separated cells as the first one.",
		);
		return { row: line, problems: [{ error }] };
	}
	const cellOf = (column: number): string => cells[positions[column] ?? -1] ?? "";
	const problems: RowProblem[] = [];
	const filled: string[] = [];
	const features = preprocessing.columns.map(({ name, mean }, column) => {
		if (preprocessing.missing === "mean" && isMissing(cellOf(column))) {
			filled.push(name);
			return mean;
		}
		const value = numberOf(cellOf(column));
		if (value === undefined)
			problems.push(numberProblem(cellOf(column), `${path}, line ${line}, column "${name}"`, name));
		return value ?? 0;
	});
	const labelCell = cellOf(preprocessing.columns.length);
	const label = labelOf(labelCell, classes);
	if (label === undefined) {
		const column = preprocessing.labelColumn;
		const error = refusal(
			"DATASET_LABEL",
			`${path}, line ${line}, column "${column}" is no class of the study`,
			`Label every row with one of ${describeLabels(classes)}.`,
		);
		problems.push({ error, column, missing: isMissing(labelCell) });
	}
	return entryOf(line, problems, label, { kind: "table", features, filled });
};

/**
 * The file's rows, features in the order of `preprocessing.columns`.
 * @throws DecentraHealthError DATASET_SHAPE (columns, or no CSV), DATASET_UNREADABLE, ABORTED
 */
export async function* csvEntries(options: CsvOptions): AsyncGenerator<RawEntry> {
	const { path, preprocessing, signal } = options;
	const wanted = [...preprocessing.columns.map(({ name }) => name), preprocessing.labelColumn];
	let header: readonly string[] | undefined;
	let positions: readonly number[] = [];
	for await (const record of readCsvRecords(path, signal)) {
		if (header === undefined) {
			header = record.cells.map((name) => name.trim());
			positions = columnPositions(header, wanted, path);
		} else yield readRow(record, options, header.length, positions);
	}
}

/**
 * All rows of a table, or none: the first wrong cell refuses the file.
 * @throws DecentraHealthError DATASET_SHAPE, DATASET_VALUE, DATASET_LABEL, DATASET_EMPTY, DATASET_TOO_LARGE, DATASET_UNREADABLE, ABORTED
 */
export const readCsvRows = async ({ maxRows, ...options }: CsvOptions): Promise<readonly Row[]> => {
	const rows: Row[] = [];
	for await (const { label, value } of requireGoodRows(csvEntries(options), options.path, maxRows)) {
		if (value.kind === "table") rows.push({ features: value.features, label });
	}
	return rows;
};

const quoted = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** Rows as CSV text that {@link readCsvRows} reads back to the same numbers; labels by number. */
export const formatCsv = (
	rows: readonly Row[],
	{ columns, labelColumn }: { readonly columns: readonly { readonly name: string }[]; readonly labelColumn: string },
): string => {
	const names = [...columns.map(({ name }) => name), labelColumn].map(quoted);
	return `${[names, ...rows.map(({ features, label }) => [...features, label])].map((cells) => cells.join(",")).join("\n")}\n`;
};
