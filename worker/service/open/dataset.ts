/** The hospital's rows as it commits to them, and what its own page may show of them. */
import { readSamples } from "../../adapters/dataset/readSamples.ts";
import { type CommittedDataset, commitDataset } from "../../core/dataset/commit.ts";
import { countClasses } from "../../core/dataset/labels.ts";
import { examineData } from "../../node/examineData.ts";
import type { Study } from "../../protocol/study.ts";
import type { HospitalConfig } from "../config/schema.ts";
import { type DoctorSummary, summarize } from "../doctorSummary.ts";

export type DatasetSummary = {
	/** Samples of whole batches: what is committed. */
	readonly samples: number;
	/** Rows of the data that fill no batch. */
	readonly leftOver: number;
	readonly batches: number;
	readonly batchSize: number;
	/** Committed samples by the class's name; for the hospital itself, not for the chain. */
	readonly classes: Readonly<Record<string, number>>;
	/** Merkle root, decimal: what goes on chain. */
	readonly root: string;
	readonly report: DoctorSummary;
};

export type OpenedDataset = { readonly dataset: CommittedDataset; readonly summary: DatasetSummary };

/** @throws DecentraHealthError DATASET_* */
export const openDataset = async (
	{ data, split }: Pick<HospitalConfig, "data" | "split">,
	study: Study,
	seed: Uint8Array,
	signal?: AbortSignal,
): Promise<OpenedDataset> => {
	const report = summarize(await examineData({ path: data, study, split, signal }));
	const samples = await readSamples({ path: data, study, split, signal });
	const dataset = commitDataset({ study, samples, seed });
	return {
		dataset,
		summary: {
			samples: dataset.sampleCount,
			leftOver: samples.length - dataset.sampleCount,
			batches: dataset.batchCount,
			batchSize: study.batchSize,
			classes: countClasses(dataset.batches.flat(), study.classes),
			root: dataset.root.toString(),
			report,
		},
	};
};
