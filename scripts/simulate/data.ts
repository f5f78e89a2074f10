/** Rows for a simulation: one file that is cut into hospitals, or one file for each hospital. */
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { openRawDataset } from "../../worker/adapters/dataset/openRawDataset.ts";
import { readSamples } from "../../worker/adapters/dataset/readSamples.ts";
import { publicSplit } from "../../worker/core/dataset/consortium.ts";
import { splitStratified } from "../../worker/core/dataset/split.ts";
import { balancedRows } from "../../worker/core/simulate/partition.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { ROOT } from "../checks/steps.ts";

export type SimulationData = {
	/** Held out from all training. */
	readonly test: readonly Sample[];
	/** Where the rows come from, in words. */
	readonly description: string;
} & (
	| { readonly kind: "pool"; readonly train: readonly Sample[] }
	| {
			readonly kind: "natural";
			readonly hospitals: readonly { readonly train: readonly Sample[]; readonly test: readonly Sample[] }[];
	  }
);

export type DataOptions = {
	readonly study: Study;
	/** None: the table that comes with the study wdbc. */
	readonly data: readonly string[];
	/** Rows to evaluate on; by default an archive's test split, or else a part of the rows. */
	readonly test?: string | undefined;
	/** As many rows of each class. */
	readonly balance: boolean;
	readonly signal?: AbortSignal | undefined;
};

/** The study that comes with rows, and the rows. */
export const EMBEDDED_STUDY = "wdbc";
export const EMBEDDED_FILE = join(ROOT, "data/wdbc.csv");
const HELD_OUT = 0.3;
/** A simulation's rows need not fit one hospital. */
const MOST_ROWS = 2 ** 20;

const pick = (samples: readonly Sample[], rows: readonly number[]) => rows.map((row) => samples[row] as Sample);
const labelsOf = (samples: readonly Sample[]) => samples.map(({ label }) => label);

/** The same rows for all seeds. */
const holdOut = (samples: readonly Sample[], seed: string) => {
	const held = Math.round(samples.length * HELD_OUT);
	const sizes = [samples.length - held, held];
	const [train = [], test = []] = splitStratified({ labels: labelsOf(samples), sizes, seed });
	return { train: pick(samples, train), test: pick(samples, test) };
};

const isEmbedded = async (path: string): Promise<boolean> =>
	(await realpath(path).catch(() => path)) === (await realpath(EMBEDDED_FILE).catch(() => EMBEDDED_FILE));

/** One file's rows, some of them held out. */
const readPool = async (path: string, { study, test, signal }: DataOptions) => {
	const { splits } = await openRawDataset(path, study, { signal });
	const read = (from: string, split?: string) => readSamples({ path: from, study, split, signal, maxRows: MOST_ROWS });
	const all = await read(path);
	if (test !== undefined) {
		const apart = await openRawDataset(test, study, { signal });
		const held = await read(test, apart.splits.includes("test") ? "test" : undefined);
		return { train: all, test: held, description: `${path}, evaluated on ${test}` };
	}
	if (splits.includes("test")) {
		return { train: all, test: await read(path, "test"), description: `${path}, splits train and test` };
	}
	if (study.name === EMBEDDED_STUDY && (await isEmbedded(path))) {
		const [training, held] = publicSplit(labelsOf(all));
		return { train: pick(all, training), test: pick(all, held), description: `${path}, its public split` };
	}
	const description = `${path}, ${HELD_OUT * 100} % held out`;
	return { ...holdOut(all, `held-out/${study.name}`), description };
};

const balanced = (samples: readonly Sample[], { study, balance }: DataOptions): readonly Sample[] =>
	balance ? pick(samples, balancedRows(labelsOf(samples), study.classes.length, study.name)) : samples;

/** @throws DecentraHealthError CONFIG_INVALID, DATASET_* */
export const readSimulationData = async (options: DataOptions): Promise<SimulationData> => {
	const { study, data, test, signal } = options;
	const paths = data.length === 0 && study.name === EMBEDDED_STUDY ? [EMBEDDED_FILE] : data;
	const [first, ...others] = paths;
	if (first === undefined) {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `study ${study.name} comes without data`,
			nextStep: "Name a file: --data FILE; several of them are one hospital each.",
		});
	}
	const note = options.balance ? ", as many rows of each class" : "";
	if (others.length === 0) {
		const pool = await readPool(first, options);
		const description = `${pool.description}${note}`;
		return { kind: "pool", train: balanced(pool.train, options), test: pool.test, description };
	}
	const parts = await Promise.all(paths.map((path) => readSamples({ path, study, signal, maxRows: MOST_ROWS })));
	if (test !== undefined) {
		const held = await readSamples({ path: test, study, signal, maxRows: MOST_ROWS });
		const sizes = parts.map(() => Math.floor(held.length / parts.length));
		const shares = splitStratified({ labels: labelsOf(held), sizes, seed: `held-out/${study.name}` });
		const hospitals = parts.map((train, index) => ({
			train: balanced(train, options),
			test: pick(held, shares[index] ?? []),
		}));
		return { kind: "natural", hospitals, test: held, description: `one file a hospital${note}, evaluated on ${test}` };
	}
	const cut = parts.map((samples, index) => holdOut(samples, `held-out/${study.name}/${index}`));
	const hospitals = cut.map((part) => ({ ...part, train: balanced(part.train, options) }));
	const description = `one file a hospital${note}, ${HELD_OUT * 100} % of each held out`;
	return { kind: "natural", hospitals, test: cut.flatMap((part) => part.test), description };
};
