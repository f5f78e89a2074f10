/**
 * Reads a hospital's CSV file (csv-parse). Every cell is checked before any row is used, and no error quotes a cell:
 * rows are patients, and a file without its header would put a patient into the column names too.
 */
import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { quantizeRow, type Row } from "../core/dataset/preprocess.ts";
import { DecentraHealthError, type ErrorCode } from "../protocol/errors.ts";
import type { Sample } from "../protocol/merkle.ts";
import { standardProfile } from "../protocol/profiles.ts";
import type { Preprocessing, Study } from "../protocol/study.ts";

export type CsvOptions = {
	readonly path: string;
	readonly preprocessing: Pick<Preprocessing, "columns" | "labelColumn">;
	/** Most data rows accepted; by default the most that one hospital may commit to. */
	readonly maxRows?: number;
	readonly signal?: AbortSignal;
};

const MAX_RECORD_CHARACTERS = 65_536;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const fail = (code: ErrorCode, message: string, nextStep: string): never => {
	throw new DecentraHealthError(code, { message, nextStep });
};

/** Position of each wanted column in the file; names that the file adds are counted, never quoted. */
const columnPositions = (header: readonly string[], wanted: readonly string[], path: string): readonly number[] => {
	const missing = wanted.filter((name) => !header.includes(name));
	const known = header.filter((name) => wanted.includes(name));
	const extra = header.length - known.length;
	const repeated = known.length - new Set(known).size;
	if (missing.length > 0 || extra > 0 || repeated > 0) {
		const listed = missing.slice(0, 5).map((name) => `"${name}"`);
		const problems = [
			missing.length > 0 &&
				`${missing.length} missing (${listed.join(", ")}${missing.length > listed.length ? ", ..." : ""})`,
			extra > 0 && `${extra} that the study does not use`,
			repeated > 0 && `${repeated} repeated`,
		].filter((problem) => problem !== false);
		fail(
			"DATASET_SHAPE",
			`${path}, line 1: wrong columns: ${problems.join("; ")}`,
			`The first line must name exactly the study's ${wanted.length} columns, in any order.`,
		);
	}
	return wanted.map((name) => header.indexOf(name));
};

const parseNumber = (cell: string, where: string): number => {
	const text = cell.trim();
	const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
	if (Number.isFinite(value)) return value;
	const problem = text === "" ? "is empty" : "is not a finite decimal number";
	return fail("DATASET_VALUE", `${where} ${problem}`, "Correct the cell or remove the row, then load the file again.");
};

const parseLabel = (cell: string, where: string): 0 | 1 => {
	const text = cell.trim();
	if (text === "0") return 0;
	if (text === "1") return 1;
	return fail("DATASET_LABEL", `${where} is neither 0 nor 1`, "Label every row 0 (negative) or 1 (positive).");
};

const translate = (error: unknown, { path, signal }: CsvOptions): DecentraHealthError => {
	if (error instanceof DecentraHealthError) return error;
	if (signal?.aborted === true) {
		return new DecentraHealthError("ABORTED", {
			message: `reading ${path} was cancelled`,
			nextStep: "Run the command again.",
		});
	}
	// csv-parse's error objects carry the record, so neither they nor their messages go on as a cause.
	if (error instanceof CsvError) {
		return new DecentraHealthError("DATASET_SHAPE", {
			message: `${path}, line ${Number(error.lines) || "?"}: not a well-formed CSV record (${error.code})`,
			nextStep: "Every line must have as many comma-separated cells as the first one.",
		});
	}
	return new DecentraHealthError("DATASET_UNREADABLE", {
		message: `cannot read ${path}: ${error instanceof Error && "code" in error ? String(error.code) : "unknown error"}`,
		nextStep: "Check the path and that this user may read the file.",
	});
};

/**
 * The rows of a CSV file, features in the order of `preprocessing.columns`. The first line names the columns.
 * @throws DecentraHealthError DATASET_SHAPE, DATASET_VALUE, DATASET_LABEL, DATASET_EMPTY, DATASET_TOO_LARGE, DATASET_UNREADABLE, ABORTED
 */
export const readCsvRows = async (options: CsvOptions): Promise<readonly Row[]> => {
	const { path, preprocessing, signal, maxRows = standardProfile.maxSampleSum } = options;
	const names = preprocessing.columns.map(({ name }) => name);
	const rows: Row[] = [];
	let positions: readonly number[] | undefined;
	const parser = parse({
		bom: true,
		info: true,
		skip_empty_lines: true,
		max_record_size: MAX_RECORD_CHARACTERS,
	});
	const file = createReadStream(path, signal === undefined ? {} : { signal });
	file.on("error", (error) => parser.destroy(error));
	file.pipe(parser);
	try {
		for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
			if (positions === undefined) {
				const header = record.map((name) => name.trim());
				positions = columnPositions(header, [...names, preprocessing.labelColumn], path);
				continue;
			}
			if (rows.length === maxRows) {
				fail(
					"DATASET_TOO_LARGE",
					`${path} has more than ${maxRows} rows`,
					"Use fewer rows, or a study that holds more.",
				);
			}
			const cell = (column: number): string => record[(positions as readonly number[])[column] as number] as string;
			const where = (name: string): string => `${path}, line ${info.lines}, column "${name}"`;
			rows.push({
				features: names.map((name, column) => parseNumber(cell(column), where(name))),
				label: parseLabel(cell(names.length), where(preprocessing.labelColumn)),
			});
		}
	} catch (error) {
		throw translate(error, options);
	} finally {
		file.destroy();
	}
	if (rows.length === 0) {
		fail(
			"DATASET_EMPTY",
			`${path} has no data rows`,
			"Provide labelled rows below a first line that names the columns.",
		);
	}
	return rows;
};

/** The preprocessing of a study that reads tables. @throws DecentraHealthError STUDY_INVALID */
export const requirePreprocessing = (study: Study): Preprocessing =>
	study.preprocessing ??
	fail(
		"STUDY_INVALID",
		`study ${study.name} does not say how columns become inputs`,
		'Add "preprocessing" to the study.',
	);

/** A CSV file as samples for a study: rows read, checked and quantized to u8. @throws as {@link readCsvRows} */
export const readCsvSamples = async ({
	study,
	...options
}: Omit<CsvOptions, "preprocessing"> & { readonly study: Study }): Promise<readonly Sample[]> => {
	const preprocessing = requirePreprocessing(study);
	const rows = await readCsvRows({ ...options, preprocessing });
	return rows.map(({ features, label }) => ({ inputs: quantizeRow(features, preprocessing), label }));
};

/** Rows as CSV text that {@link readCsvRows} reads back to the same numbers. Column names hold no comma, quote or line break. */
export const formatCsv = (rows: readonly Row[], { columns, labelColumn }: CsvOptions["preprocessing"]): string => {
	const names = [...columns.map(({ name }) => name), labelColumn];
	if (names.some((name) => /[",\r\n]/.test(name))) throw new RangeError("column names need no quoting");
	return `${[names, ...rows.map(({ features, label }) => [...features, label])].map((cells) => cells.join(",")).join("\n")}\n`;
};
