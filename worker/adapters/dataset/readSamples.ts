/** A data path as samples for a study: rows read, checked and quantized to u8. */
import { rawSample } from "../../core/dataset/raw.ts";
import type { Sample } from "../../protocol/merkle.ts";
import type { Study } from "../../protocol/study.ts";
import { openRawDataset, type RawDatasetOptions } from "./openRawDataset.ts";
import { requireGoodRows } from "./requireGoodRows.ts";

export type ReadSamplesOptions = RawDatasetOptions & {
	/** A CSV file, an archive, a folder of images or a normalized store. */
	readonly path: string;
	readonly study: Study;
	/** Most rows accepted; by default the most that one hospital may commit to. */
	readonly maxRows?: number | undefined;
};

/**
 * All rows, or none: the first row with a problem refuses the data.
 * @throws DecentraHealthError DATASET_SHAPE, DATASET_VALUE, DATASET_LABEL, DATASET_EMPTY, DATASET_TOO_LARGE, DATASET_UNREADABLE,
 *   DATASET_UNSUPPORTED, DATASET_FOREIGN, ABORTED
 */
export const readSamples = async ({
	path,
	study,
	maxRows,
	...options
}: ReadSamplesOptions): Promise<readonly Sample[]> => {
	const { entries } = await openRawDataset(path, study, options);
	const samples: Sample[] = [];
	for await (const row of requireGoodRows(entries(), path, maxRows)) samples.push(rawSample(row, study));
	return samples;
};
