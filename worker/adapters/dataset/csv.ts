/** A hospital's CSV file as rows. Every cell is checked before any row is used, and no error quotes a cell. */
import type { Row } from "../../core/dataset/preprocess.ts";
import { entryOf, type RawEntry } from "../../core/dataset/raw.ts";
import type { TablePreprocessing } from "../../protocol/study.ts";
import { readCsvRecords } from "./csvRecords.ts";
import { requireGoodRows } from "./requireGoodRows.ts";
import { tableReader } from "./tableRows.ts";

export { isMissing, numberOf } from "./tableRows.ts";

export type CsvOptions = {
	readonly path: string;
	readonly preprocessing: Pick<TablePreprocessing, "columns" | "labelColumn" | "missing">;
	readonly classes: readonly string[];
	/** Most data rows that {@link readCsvRows} accepts; by default the most that one hospital may commit to. */
	readonly maxRows?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

/**
 * The file's rows, features in the order of `preprocessing.columns`.
 * @throws DecentraHealthError DATASET_SHAPE (columns, or no CSV), DATASET_UNREADABLE, ABORTED
 */
export async function* csvEntries(options: CsvOptions): AsyncGenerator<RawEntry> {
	const { path, signal } = options;
	let read: ReturnType<typeof tableReader> | undefined;
	for await (const record of readCsvRecords(path, signal)) {
		if (read === undefined) {
			read = tableReader(record.cells, { ...options, source: path });
			continue;
		}
		const { line, features, filled, label, problems } = read(record);
		yield entryOf(line, problems, label, { kind: "table", features, filled });
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
