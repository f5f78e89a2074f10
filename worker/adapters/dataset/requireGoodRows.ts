/** All rows of a data set, or none: the first one with a problem refuses it. */
import type { RawEntry, RawRow } from "../../core/dataset/raw.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { refusal } from "./failure.ts";

/**
 * @param maxRows most rows accepted; by default the most that one hospital may commit to
 * @throws DecentraHealthError of the first row's problem; DATASET_EMPTY, DATASET_TOO_LARGE
 */
export async function* requireGoodRows(
	entries: AsyncIterable<RawEntry>,
	path: string,
	maxRows: number = standardProfile.maxSampleSum,
): AsyncGenerator<RawRow> {
	let count = 0;
	for await (const entry of entries) {
		if (count === maxRows) {
			throw refusal(
				"DATASET_TOO_LARGE",
				`${path} has more than ${maxRows} rows`,
				"Use fewer rows, or a study that holds more.",
			);
		}
		if ("problems" in entry) throw entry.problems[0].error;
		count += 1;
		yield entry;
	}
	if (count === 0) {
		throw refusal(
			"DATASET_EMPTY",
			`${path} has no data rows`,
			"Provide labelled rows; a CSV file names its columns in the first line.",
		);
	}
}
