/** Reproducible splits of labelled rows: training against held-out rows, and the simulated consortium of hospitals. */
import { createRandom, type Random } from "./random.ts";

export type SplitOptions = {
	/** Class of each row. */
	readonly labels: readonly number[];
	/** Rows per part; their sum is at most the number of rows. Rows left over belong to no part. */
	readonly sizes: readonly number[];
	/** Names the split: the same seed, labels and sizes give the same parts. */
	readonly seed: string | Uint8Array;
};

/** Indices of the rows of one class, in random order. */
export const shuffledRowsOf = (label: number, labels: readonly number[], random: Random): readonly number[] =>
	random.shuffle(labels.flatMap((each, row) => (each === label ? [row] : [])));

/**
 * Disjoint parts of row indices, stratified: each part has each class in the proportion of the whole, to within one or two rows.
 * Each class is shuffled and spread evenly over one line of rows, which is then cut.
 * @throws RangeError when the sizes are not integers >= 0 or ask for more rows than there are
 */
export const splitStratified = ({ labels, sizes, seed }: SplitOptions): readonly (readonly number[])[] => {
	const wanted = sizes.reduce((sum, size) => sum + size, 0);
	if (sizes.some((size) => !Number.isInteger(size) || size < 0) || wanted > labels.length) {
		throw new RangeError(`cannot cut parts of ${sizes.join(", ")} rows out of ${labels.length}`);
	}
	const random = createRandom(seed);
	const line = [...new Set(labels)]
		.sort((a, b) => a - b)
		.flatMap((label) => {
			const rows = shuffledRowsOf(label, labels, random);
			return rows.map((row, index) => ({ row, position: (index + 0.5) / rows.length }));
		})
		.sort((a, b) => a.position - b.position)
		.map(({ row }) => row);
	let start = 0;
	return sizes.map((size) => {
		start += size;
		// A cut of the line alternates the classes in a fixed pattern; nothing downstream should see that.
		return random.shuffle(line.slice(start - size, start));
	});
};

export type ConsortiumOptions = {
	readonly hospitals: number;
	/** Rows available to all of them together. */
	readonly rows: number;
	readonly batchSize: number;
	/** Most batches one hospital may have. */
	readonly maxBatches: number;
	/** Fewest batches a hospital may have; by default 1. */
	readonly leastBatches?: number | undefined;
	readonly seed: string | Uint8Array;
};

/**
 * Seeded sizes of simulated hospitals, in rows: whole batches, between two thirds of the largest possible share and all of it.
 * @throws RangeError when there are too few rows
 */
export const hospitalSizes = ({
	hospitals,
	rows,
	batchSize,
	maxBatches,
	leastBatches = 1,
	seed,
}: ConsortiumOptions): readonly number[] => {
	const most = Math.min(maxBatches, Math.floor(rows / (batchSize * hospitals)));
	if (most < leastBatches) {
		throw new RangeError(
			`${rows} rows are less than ${leastBatches} batches of ${batchSize} for each of ${hospitals} hospitals`,
		);
	}
	const least = Math.max(leastBatches, Math.ceil((2 * most) / 3));
	const random = createRandom(seed);
	return Array.from({ length: hospitals }, () => batchSize * (least + random.below(most - least + 1)));
};
