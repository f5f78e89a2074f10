/** `data import`: any data path as a normalized store, all of it or a reproducible part. */
import { readSamples } from "../adapters/dataset/readSamples.ts";
import { writeStore } from "../adapters/dataset/writeStore.ts";
import { chooseRows } from "../core/dataset/chooseRows.ts";
import { countClasses } from "../core/dataset/labels.ts";
import type { Sample } from "../protocol/merkle.ts";
import type { Study } from "../protocol/study.ts";

export type ImportRequest = {
	readonly path: string;
	readonly study: Study;
	readonly out: string;
	readonly split?: string | undefined;
	/** How many rows; by default all. */
	readonly rows?: number | undefined;
	/** As many of each class. */
	readonly balanced?: boolean | undefined;
	/** Chooses the rows where not all are taken. */
	readonly seed?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type Imported = {
	readonly out: string;
	readonly samples: number;
	/** Rows that the data path has. */
	readonly of: number;
	readonly classes: Readonly<Record<string, number>>;
};

/** The store is complete or absent. @throws DecentraHealthError DATASET_*, ABORTED */
export const importData = async (request: ImportRequest): Promise<Imported> => {
	const { path, study, out, split, rows, balanced, seed = `import/${study.name}`, signal } = request;
	const all = await readSamples({ path, study, split, signal });
	const labels = all.map(({ label }) => label);
	const chosen = chooseRows({ labels, classes: study.classes, rows, balanced, seed });
	const samples = chosen.map((index) => all[index] as Sample);
	await writeStore(out, study, samples);
	return { out, samples: samples.length, of: all.length, classes: countClasses(samples, study.classes) };
};
