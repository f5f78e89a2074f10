/** The hospital's rows as it commits to them, and what its own page may show of them. */
import { readCsvSamples } from "../../adapters/datasetCsv.ts";
import { type CommittedDataset, commitDataset } from "../../core/dataset/commit.ts";
import type { Study } from "../../protocol/study.ts";
import type { HospitalConfig } from "../config/schema.ts";

export type DatasetSummary = {
	/** Samples of whole batches: what is committed. */
	readonly samples: number;
	/** Rows of the file that fill no batch. */
	readonly leftOver: number;
	readonly batches: number;
	readonly batchSize: number;
	/** Committed samples by label; for the hospital itself, not for the chain. */
	readonly positive: number;
	readonly negative: number;
	/** Merkle root, decimal: what goes on chain. */
	readonly root: string;
};

export type OpenedDataset = { readonly dataset: CommittedDataset; readonly summary: DatasetSummary };

/** @throws DecentraHealthError DATASET_* */
export const openDataset = async (
	{ data }: Pick<HospitalConfig, "data">,
	study: Study,
	seed: Uint8Array,
	signal?: AbortSignal,
): Promise<OpenedDataset> => {
	const samples = await readCsvSamples({ path: data, study, ...(signal === undefined ? {} : { signal }) });
	const dataset = commitDataset({ study, samples, seed });
	const committed = dataset.batches.flat();
	const positive = committed.filter(({ label }) => label === 1).length;
	return {
		dataset,
		summary: {
			samples: dataset.sampleCount,
			leftOver: samples.length - dataset.sampleCount,
			batches: dataset.batchCount,
			batchSize: study.batchSize,
			positive,
			negative: dataset.sampleCount - positive,
			root: dataset.root.toString(),
		},
	};
};
