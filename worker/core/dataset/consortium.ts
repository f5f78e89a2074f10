/** The simulated consortium: one public table cut into held-out rows and the private rows of several hospitals. Real hospitals bring their own files. */
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

type Labelled = { readonly label: number };

export type Consortium<R extends Labelled> = {
	/** All training rows, also those that no hospital got. */
	readonly pool: readonly R[];
	/** Held out from all training and from the preprocessing constants. */
	readonly test: readonly R[];
	readonly hospitals: readonly (readonly R[])[];
};

export type SimulateOptions<R extends Labelled> = {
	/** Rows of a table or samples; anything with a label. */
	readonly rows: readonly R[];
	readonly hospitals: number;
	readonly batchSize: number;
	/** Most batches a hospital may have: it bounds the number of training proofs. */
	readonly maxBatches: number;
	/** Fewest batches a hospital may have; by default 1. */
	readonly leastBatches?: number | undefined;
	/** Chooses the hospitals' sizes and rows; not the held-out rows. */
	readonly seed: string;
	readonly split?: { readonly trainingRows: number; readonly testRows: number; readonly seed: string };
};

/** Row indices of the public split: `[training, test]`, disjoint and stratified. */
export const publicSplit = (
	labels: readonly number[],
	{ trainingRows, testRows, seed }: NonNullable<SimulateOptions<Labelled>["split"]> = WDBC_SPLIT,
): readonly [training: readonly number[], test: readonly number[]] => {
	const [training = [], test = []] = splitStratified({ labels, sizes: [trainingRows, testRows], seed });
	return [training, test];
};

/**
 * @throws RangeError when the table has too few rows for the split or the hospitals
 */
export const simulateConsortium = <R extends Labelled>(options: SimulateOptions<R>): Consortium<R> => {
	const { rows, hospitals, batchSize, maxBatches, leastBatches, seed, split = WDBC_SPLIT } = options;
	const labels = rows.map(({ label }) => label);
	const [training, held] = publicSplit(labels, split);
	const pool = training.map((index) => rows[index] as R);
	const sizes = hospitalSizes({
		hospitals,
		rows: pool.length,
		batchSize,
		maxBatches,
		leastBatches,
		seed: `sizes/${seed}`,
	});
	const parts = splitStratified({ labels: pool.map(({ label }) => label), sizes, seed: `hospitals/${seed}` });
	return {
		pool,
		test: held.map((index) => rows[index] as R),
		hospitals: parts.map((part) => part.map((index) => pool[index] as R)),
	};
};
