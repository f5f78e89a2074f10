/** Where a demo's rows come from: the embedded table, a file that is cut into simulated hospitals, or a file for each hospital. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatCsv, readCsvRows } from "../../worker/adapters/dataset/csv.ts";
import { writeStore } from "../../worker/adapters/dataset/writeStore.ts";
import { simulateConsortium } from "../../worker/core/dataset/consortium.ts";
import { quantizeRow } from "../../worker/core/dataset/preprocess.ts";
import { hospitalSizes, splitStratified } from "../../worker/core/dataset/split.ts";
import { balancedRows } from "../../worker/core/simulate/partition.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { leastBatches, type Study } from "../../worker/protocol/study.ts";
import { EMBEDDED_FILE, EMBEDDED_STUDY, readSimulationData } from "../simulate/data.ts";

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
	/** Each hospital's own part of them; undefined: simulated, as the hospitals are. */
	readonly testParts?: readonly (readonly Sample[])[];
	/** What the split is, in words. */
	readonly description: string;
};

const refused = (message: string, nextStep: string): DecentraHealthError =>
	new DecentraHealthError("CONFIG_INVALID", { message, nextStep });

/** As many rows for each hospital, and of each class. */
const equalParts = <R extends { readonly label: number }>(
	pool: readonly R[],
	{ study, hospitals, samples = 0, seed }: DataOptions,
): readonly (readonly R[])[] => {
	const labels = pool.map(({ label }) => label);
	const rows = balancedRows(labels, study.classes.length, study.name).map((row) => pool[row] as R);
	const sizes = Array.from({ length: hospitals }, () => samples);
	const parts = splitStratified({ labels: rows.map(({ label }) => label), sizes, seed: `hospitals/${seed}` });
	return parts.map((part) => part.map((row) => rows[row] as R));
};

/** The embedded table: its public split, whose training rows gave the study its constants. */
const embedded = async (options: DataOptions): Promise<DemoData> => {
	const { study, hospitals, samples, seed, maxBatches } = options;
	const { preprocessing, classes, batchSize } = study;
	if (preprocessing.kind !== "table" || study.name !== EMBEDDED_STUDY) {
		throw refused(`the demo has no data for the study ${study.name}`, "Name them: --data FILE.");
	}
	const rows = await readCsvRows({ path: EMBEDDED_FILE, preprocessing, classes });
	const split = simulateConsortium({
		...{ rows, hospitals, batchSize, maxBatches, seed },
		leastBatches: leastBatches(study),
	});
	const sampleOf = ({ features, label }: (typeof rows)[number]): Sample => ({
		inputs: quantizeRow(features, preprocessing),
		label,
	});
	const parts = samples === undefined ? split.hospitals : equalParts(split.pool, options);
	return {
		hospitals: parts.map((part) => ({
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

/** Written as a store into the hospital's folder. */
const stored = (study: Study, samples: readonly Sample[]): HospitalRows => ({
	samples,
	place: async (folder) => {
		const store = join(folder, "data.dhds");
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await writeStore(store, study, samples);
		return store;
	},
});

/** One file cut into hospitals, or one file a hospital, whose rows stay where they are unless some are held out. */
const given = async (options: DataOptions): Promise<DemoData> => {
	const { study, data, test, hospitals, samples, seed, maxBatches } = options;
	const balance = samples !== undefined && data.length === 1;
	const read = await readSimulationData({ study, data, test, balance });
	if (read.kind === "natural") {
		const rows = read.hospitals.map(
			({ train }, index): HospitalRows =>
				test === undefined ? stored(study, train) : { samples: train, place: async () => data[index] as string },
		);
		const testParts = read.hospitals.map((hospital) => hospital.test);
		return { hospitals: rows, test: read.test, testParts, description: read.description };
	}
	const { batchSize } = study;
	const sizes =
		samples === undefined
			? hospitalSizes({
					...{ hospitals, rows: read.train.length, batchSize, maxBatches, seed: `sizes/${seed}` },
					leastBatches: leastBatches(study),
				})
			: Array.from({ length: hospitals }, () => samples);
	const labels = read.train.map(({ label }) => label);
	const parts = splitStratified({ labels, sizes, seed: `hospitals/${seed}` });
	return {
		hospitals: parts.map((part) =>
			stored(
				study,
				part.map((row) => read.train[row] as Sample),
			),
		),
		test: read.test,
		description: `simulated split of ${read.description}`,
	};
};

/** @throws DecentraHealthError CONFIG_INVALID, DATASET_* */
export const demoData = async (options: DataOptions): Promise<DemoData> => {
	try {
		return options.data.length === 0 ? await embedded(options) : await given(options);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw refused(`the data can't be split: ${error.message}`, "Use fewer --hospitals, or data with more rows.");
	}
};
