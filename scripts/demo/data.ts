/** Where a demo's rows come from: the embedded table, a file that is cut into simulated hospitals, or a file for each hospital. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatCsv, readCsvRows } from "../../worker/adapters/dataset/csv.ts";
import { openRawDataset } from "../../worker/adapters/dataset/openRawDataset.ts";
import { readSamples } from "../../worker/adapters/dataset/readSamples.ts";
import { writeStore } from "../../worker/adapters/dataset/writeStore.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { quantizeRow } from "../../worker/core/dataset/preprocess.ts";
import { createRandom } from "../../worker/core/dataset/random.ts";
import { hospitalSizes, splitStratified } from "../../worker/core/dataset/split.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { ROOT } from "../checks/steps.ts";

export type DataOptions = {
	readonly study: Study;
	/** None: the embedded data set. One: cut into `hospitals` parts. Several: one a hospital, as they are. */
	readonly data: readonly string[];
	/** Held-out rows; by default the test split of an archive, or else a part of the rows. */
	readonly test?: string | undefined;
	readonly hospitals: number;
	/** Rows of each hospital, as many of each class; by default the hospitals have different sizes and the classes as they come. */
	readonly samples?: number | undefined;
	readonly seed: string;
	/** Most batches of a hospital of the simulated split. */
	readonly maxBatches: number;
};

export type HospitalRows = {
	readonly samples: readonly Sample[];
	/** Puts the hospital's rows into its folder, where its own worker reads them. @returns the path to read */
	readonly place: (folder: string) => Promise<string>;
};

export type DemoData = {
	readonly hospitals: readonly HospitalRows[];
	/** Held out from all training. */
	readonly test: readonly Sample[];
	/** What the split is, in words. */
	readonly description: string;
};

export const EMBEDDED_STUDY = "wdbc";
const EMBEDDED_FILE = join(ROOT, "data/wdbc.csv");
const HELD_OUT = 0.3;

const refused = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep });

/** The embedded table: its public split, whose training rows gave the study its constants. */
const embedded = async ({ study, hospitals, seed, maxBatches }: DataOptions): Promise<DemoData> => {
	const { preprocessing, classes, batchSize } = study;
	if (preprocessing.kind !== "table" || study.name !== EMBEDDED_STUDY) {
		throw refused(`the demo has no data for the study ${study.name}`, "Name them: --data FILE.");
	}
	const rows = await readCsvRows({ path: EMBEDDED_FILE, preprocessing, classes });
	const split = simulateConsortium({ rows, hospitals, batchSize, maxBatches, seed });
	const sampleOf = ({ features, label }: (typeof rows)[number]): Sample => ({
		inputs: quantizeRow(features, preprocessing),
		label,
	});
	return {
		hospitals: split.hospitals.map((part) => ({
			samples: part.map(sampleOf),
			place: async (folder) => {
				const csv = join(folder, "data.csv");
				await mkdir(folder, { recursive: true, mode: 0o700 });
				await writeFile(csv, formatCsv(part, preprocessing), { mode: 0o600 });
				return csv;
			},
		})),
		test: split.test.map(sampleOf),
		description: "simulated split of the embedded table",
	};
};

const pick = <T>(items: readonly T[], indices: readonly number[]): readonly T[] =>
	indices.map((index) => items[index] as T);
const labelsOf = (samples: readonly Sample[]): readonly number[] => samples.map(({ label }) => label);

/** Parts with as many rows of each class, to within one. */
const balancedParts = (labels: readonly number[], { study, hospitals, samples = 0, seed }: DataOptions) => {
	const random = createRandom(`balanced/${seed}`);
	const queues = study.classes.map((_, label) =>
		random.shuffle(labels.flatMap((each, row) => (each === label ? [row] : []))),
	);
	return Array.from({ length: hospitals }, () =>
		random.shuffle(
			Array.from({ length: samples }, (_, index) => {
				const label = index % queues.length;
				const row = queues[label]?.pop();
				if (row !== undefined) return row;
				throw refused(
					`too few rows of class "${study.classes[label]}" for ${hospitals} hospitals with ${samples} rows, as many of each class`,
					"Ask for fewer --samples or --hospitals.",
				);
			}),
		),
	);
};

/** Cuts off held-out rows that every seed has in common. */
const holdOut = (samples: readonly Sample[], seed: string) => {
	const held = Math.round(samples.length * HELD_OUT);
	const [training = [], test = []] = splitStratified({
		labels: labelsOf(samples),
		sizes: [samples.length - held, held],
		seed,
	});
	return { training: pick(samples, training), test: pick(samples, test) };
};

const readTest = async (options: DataOptions, splits: readonly string[]): Promise<readonly Sample[] | undefined> => {
	const { study, data, test } = options;
	if (test !== undefined) return readSamples({ path: test, study, split: splits.length > 0 ? "test" : undefined });
	const [path] = data;
	return splits.includes("test") && path !== undefined ? readSamples({ path, study, split: "test" }) : undefined;
};

const simulated = async (path: string, options: DataOptions): Promise<DemoData> => {
	const { study, hospitals, samples, seed, maxBatches } = options;
	const { splits } = await openRawDataset(path, study);
	const all = await readSamples({ path, study });
	const apart = await readTest(options, splits);
	const { training, test } =
		apart === undefined ? holdOut(all, `held-out/${study.name}`) : { training: all, test: apart };
	const { batchSize } = study;
	const labels = labelsOf(training);
	const parts =
		samples === undefined
			? splitStratified({
					labels,
					sizes: hospitalSizes({ hospitals, rows: training.length, batchSize, maxBatches, seed: `sizes/${seed}` }),
					seed: `hospitals/${seed}`,
				})
			: balancedParts(labels, options);
	return {
		hospitals: parts.map((part) => {
			const own = pick(training, part);
			return {
				samples: own,
				place: async (folder) => {
					const store = join(folder, "data.dhds");
					await mkdir(folder, { recursive: true, mode: 0o700 });
					await writeStore(store, study, own);
					return store;
				},
			};
		}),
		test,
		description: `simulated split${samples === undefined ? "" : ", as many rows of each class"}${apart === undefined ? `, ${HELD_OUT * 100} % held out` : ""}`,
	};
};

/** Each hospital's file stays where it is. */
const natural = async (options: DataOptions): Promise<DemoData> => {
	const { study, data, test } = options;
	const parts = await Promise.all(data.map((path) => readSamples({ path, study })));
	const given = test === undefined ? undefined : await readSamples({ path: test, study });
	const cut = parts.map((samples, index) =>
		given === undefined ? holdOut(samples, `held-out/${study.name}/${index}`) : { training: samples, test: [] },
	);
	return {
		hospitals: cut.map(({ training }, index) => ({
			samples: training,
			place: async (folder) => {
				if (given !== undefined) return data[index] as string;
				const store = join(folder, "data.dhds");
				await mkdir(folder, { recursive: true, mode: 0o700 });
				await writeStore(store, study, training);
				return store;
			},
		})),
		test: given ?? cut.flatMap((part) => part.test),
		description: `one file a hospital${given === undefined ? `, ${HELD_OUT * 100} % of each held out` : ""}`,
	};
};

/** @throws DecentraHealthError CONFIG_INVALID, DATASET_* */
export const demoData = async (options: DataOptions): Promise<DemoData> => {
	const [first, ...others] = options.data;
	try {
		if (first === undefined) return await embedded(options);
		return others.length === 0 ? await simulated(first, options) : await natural(options);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw refused(`the data can't be split: ${error.message}`, "Use fewer --hospitals, or data with more rows.");
	}
};
