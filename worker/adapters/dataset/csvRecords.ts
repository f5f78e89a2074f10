/** Records of a CSV file (csv-parse), with their line numbers. The first line names the columns. */
import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { refusal, throwIfAborted, unreadable } from "./failure.ts";
import type { CsvRecord } from "./tableRows.ts";

const MOST_RECORD_CHARACTERS = 65_536;
const MOST_COLUMNS = 16_384;

/**
 * Header first, then one record per row; blank lines are left out. Cells are as they are, also when a record has too few or too many.
 * @throws DecentraHealthError DATASET_SHAPE (no CSV), DATASET_UNREADABLE, ABORTED
 */
export async function* readCsvRecords(path: string, signal?: AbortSignal): AsyncGenerator<CsvRecord> {
	const parser = parse({
		bom: true,
		info: true,
		skip_empty_lines: true,
		relax_column_count: true,
		max_record_size: MOST_RECORD_CHARACTERS,
	});
	const file = createReadStream(path, signal === undefined ? {} : { signal });
	file.on("error", (error) => parser.destroy(error));
	file.pipe(parser);
	try {
		for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
			throwIfAborted(path, signal);
			if (record.length > MOST_COLUMNS) {
				throw refusal(
					"DATASET_SHAPE",
					`${path}, line ${info.lines}: ${record.length} cells; a row has at most ${MOST_COLUMNS}`,
					"Check that the file is a table of comma-separated values.",
				);
			}
			yield { line: info.lines, cells: record };
		}
	} catch (error) {
		// csv-parse's error objects carry the record, so neither they nor their messages go on as a cause.
		if (error instanceof CsvError) {
			throw refusal(
				"DATASET_SHAPE",
				`${path}, line ${Number(error.lines) || "?"}: not a well-formed CSV record (${error.code})`,
				"Separate cells by commas, and close every quote that a cell opens.",
			);
		}
		throw unreadable(error, path, signal);
	} finally {
		file.destroy();
		parser.destroy();
	}
}
