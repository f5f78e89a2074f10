/** How a simulation cuts labelled rows into hospitals: alike, with different mixes of classes, or of different sizes. Seeded. */
import { createRandom, type Random } from "../dataset/random.ts";
import { shuffledRowsOf, splitStratified } from "../dataset/split.ts";

export type Partition =
	/** Equal sizes, each class in the proportion of the whole. */
	| { readonly kind: "iid" }
	/** Equal sizes; each hospital's class proportions from a Dirichlet distribution around the whole's: the smaller alpha, the less alike (Hsu et al. 2019). */
	| { readonly kind: "dirichlet"; readonly alpha: number }
	/** The i-th largest hospital has a share proportional to 1 / i; class proportions of the whole. */
	| { readonly kind: "size-skew" };

export const PARTITION_FORMS = "iid, dirichlet:ALPHA (such as dirichlet:0.3) or size-skew";

/** Undefined for anything but {@link PARTITION_FORMS}. */
export const parsePartition = (text: string): Partition | undefined => {
	if (text === "iid" || text === "size-skew") return { kind: text };
	const alpha = Number(/^dirichlet:(\d{1,4}(?:\.\d{1,6})?)$/.exec(text)?.[1]);
	return alpha > 0 ? { kind: "dirichlet", alpha } : undefined;
};

/** Uniform in (0, 1). */
const uniform = (random: Random): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;

/** Standard normal, Box & Muller (1958). */
const normal = (random: Random): number =>
	Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));

/** log of a Gamma(shape, 1) variate: Marsaglia & Tsang (2000); shapes below 1 by their power of a uniform. The log keeps tiny values apart. */
const logGamma = (random: Random, shape: number): number => {
	if (shape < 1) return logGamma(random, shape + 1) + Math.log(uniform(random)) / shape;
	const d = shape - 1 / 3;
	const c = 1 / Math.sqrt(9 * d);
	for (;;) {
		const x = normal(random);
		const v = (1 + c * x) ** 3;
		if (v > 0 && Math.log(uniform(random)) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
	}
};

/** Proportions with mean `prior`; the smaller alpha, the further apart. */
const dirichlet = (random: Random, alpha: number, prior: readonly number[]): readonly number[] => {
	const logs = prior.map((share) =>
		share > 0 ? logGamma(random, alpha * prior.length * share) : Number.NEGATIVE_INFINITY,
	);
	const most = Math.max(...logs);
	const values = logs.map((log) => Math.exp(log - most));
	const sum = values.reduce((total, value) => total + value, 0);
	return values.map((value) => value / sum);
};

/** Each part's share of a class, in rows: a draw by the proportions, renormalized whenever a class runs out. */
const dirichletParts = (
	labels: readonly number[],
	sizes: readonly number[],
	alpha: number,
	seed: string,
): readonly (readonly number[])[] => {
	const classes = Math.max(...labels) + 1;
	const rows = createRandom(`rows/${seed}`);
	const pools = Array.from({ length: classes }, (_, label) => shuffledRowsOf(label, labels, rows));
	const prior = pools.map((pool) => pool.length / labels.length);
	// From a generator of its own: training and held-out rows of the same seed get the same proportions.
	const mixes = createRandom(`mixes/${seed}`);
	const proportions = sizes.map(() => dirichlet(mixes, alpha, prior));
	const parts: number[][] = sizes.map(() => []);
	// In turn, so that no hospital is left with what the others did not want.
	for (let turn = 0; turn < Math.max(...sizes); turn++) {
		for (const [hospital, part] of parts.entries()) {
			if (turn >= (sizes[hospital] as number)) continue;
			const shares = (proportions[hospital] as readonly number[]).map((share, label) =>
				(pools[label] as number[]).length > 0 ? Math.max(share, Number.MIN_VALUE) : 0,
			);
			let left = uniform(rows) * shares.reduce((total, share) => total + share, 0);
			let chosen = shares.findIndex((share) => {
				left -= share;
				return share > 0 && left < 0;
			});
			if (chosen < 0) chosen = shares.findLastIndex((share) => share > 0);
			part.push((pools[chosen] as number[]).pop() as number);
		}
	}
	return parts.map((part) => rows.shuffle(part));
};

export type PartSizes = {
	readonly hospitals: number;
	/** Rows to give out. */
	readonly rows: number;
	readonly batchSize: number;
	/** Most batches that one hospital may have. */
	readonly maxBatches: number;
	/** Rows per hospital, on average; by default all that there are. */
	readonly samples?: number | undefined;
};

/**
 * Rows per hospital: whole batches, at least one each.
 * @throws RangeError when there is less than one batch per hospital, or fewer rows than asked for
 */
export const partSizes = (partition: Partition, options: PartSizes): readonly number[] => {
	const { hospitals, rows, batchSize, maxBatches, samples } = options;
	const wanted = samples === undefined ? Math.floor(rows / (batchSize * hospitals)) : Math.floor(samples / batchSize);
	const each = Math.min(wanted, maxBatches);
	if (each < 1) {
		const found = samples === undefined ? `${rows} rows` : `${samples} rows a hospital`;
		throw new RangeError(`${found} are less than one batch of ${batchSize} for each of ${hospitals} hospitals`);
	}
	if (each * batchSize * hospitals > rows) {
		throw new RangeError(`${hospitals} hospitals of ${each * batchSize} rows need more than the ${rows} there are`);
	}
	if (partition.kind !== "size-skew") return Array.from({ length: hospitals }, () => each * batchSize);
	const harmonic = Array.from({ length: hospitals }, (_, index) => 1 / (index + 1));
	const total = harmonic.reduce((sum, share) => sum + share, 0);
	const batches = harmonic.map((share) =>
		Math.min(maxBatches, Math.max(1, Math.floor((each * hospitals * share) / total))),
	);
	return batches.map((count) => count * batchSize);
};

/**
 * Row indices of each hospital: disjoint, in random order.
 * @param labels class of each row, in [0, classes)
 * @throws RangeError when the sizes ask for more rows than there are
 */
export const partitionRows = (
	partition: Partition,
	{
		labels,
		sizes,
		seed,
	}: { readonly labels: readonly number[]; readonly sizes: readonly number[]; readonly seed: string },
): readonly (readonly number[])[] => {
	if (partition.kind !== "dirichlet") return splitStratified({ labels, sizes, seed: `rows/${seed}` });
	const wanted = sizes.reduce((sum, size) => sum + size, 0);
	if (wanted > labels.length) throw new RangeError(`cannot cut ${wanted} rows out of ${labels.length}`);
	return dirichletParts(labels, sizes, partition.alpha, seed);
};

/** Row indices with the same number of each class, as many as the rarest has; in random order. */
export const balancedRows = (labels: readonly number[], classes: number, seed: string): readonly number[] => {
	const random = createRandom(`balance/${seed}`);
	const pools = Array.from({ length: classes }, (_, label) => shuffledRowsOf(label, labels, random));
	const least = Math.min(...pools.map((pool) => pool.length));
	return random.shuffle(pools.flatMap((pool) => pool.slice(0, least)));
};
