/** The simulated consortium: one public table cut into held-out rows and the private rows of several hospitals. Real hospitals bring their own files. */
import type { Row } from "./preprocess.ts";
import { hospitalSizes, splitStratified } from "./split.ts";

/**
 * The fixed public split of data/wdbc.csv. The study's preprocessing constants come from its training rows,
 * so it never depends on a demo's seed: those rows may not become test rows.
 */
export const WDBC_SPLIT = {
	trainingRows: 360,
	testRows: 209,
	seed: "DecentraHealth/wdbc/public-split/v1",
} as const;

export type Consortium = {
	/** All training rows, also those that no hospital got. */
	readonly pool: readonly Row[];
	/** Held out from all training and from the preprocessing constants. */
	readonly test: readonly Row[];
	readonly hospitals: readonly (readonly Row[])[];
};

export type SimulateOptions = {
	readonly rows: readonly Row[];
	readonly hospitals: number;
	readonly batchSize: number;
	/** Most batches a hospital may have: it bounds the number of training proofs. */
	readonly maxBatches: number;
	/** Chooses the hospitals' sizes and rows; not the held-out rows. */
	readonly seed: string;
	readonly split?: { readonly trainingRows: number; readonly testRows: number; readonly seed: string };
};

/** Row indices of the public split: `[training, test]`, disjoint and stratified. */
export const publicSplit = (
	labels: readonly number[],
	{ trainingRows, testRows, seed }: NonNullable<SimulateOptions["split"]> = WDBC_SPLIT,
): readonly [training: readonly number[], test: readonly number[]] => {
	const [training = [], test = []] = splitStratified({ labels, sizes: [trainingRows, testRows], seed });
	return [training, test];
};

/**
 * @throws RangeError when the table has too few rows for the split or the hospitals
 */
export const simulateConsortium = (options: SimulateOptions): Consortium => {
	const { rows, hospitals, batchSize, maxBatches, seed, split = WDBC_SPLIT } = options;
	const labels = rows.map(({ label }) => label);
	const [training, held] = publicSplit(labels, split);
	const pool = training.map((index) => rows[index] as Row);
	const sizes = hospitalSizes({ hospitals, rows: pool.length, batchSize, maxBatches, seed: `sizes/${seed}` });
	const parts = splitStratified({ labels: pool.map(({ label }) => label), sizes, seed: `hospitals/${seed}` });
	return {
		pool,
		test: held.map((index) => rows[index] as Row),
		hospitals: parts.map((part) => part.map((index) => pool[index] as Row)),
	};
};
