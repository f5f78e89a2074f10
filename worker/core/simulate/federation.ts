/** A simulated federation: hospitals with batches of their own, and each one's part of the held-out rows. */

import type { Sample } from "../../protocol/merkle.ts";
import { MOST_SEGMENTS, type Study } from "../../protocol/study.ts";
import { createRandom } from "../dataset/random.ts";
import { type Partition, partitionRows, partSizes } from "./partition.ts";
import type { HospitalBatches } from "./simulateRounds.ts";

export type FederationOptions = {
	readonly study: Pick<Study, "batchSize" | "datasetDepth" | "epochs" | "stepsPerSegment" | "classes">;
	readonly train: readonly Sample[];
	readonly test: readonly Sample[];
	readonly hospitals: number;
	readonly partition: Partition;
	/** Rows per hospital, on average; by default all. */
	readonly samples?: number | undefined;
	readonly seed: string;
};

export type Federation = {
	readonly hospitals: readonly HospitalBatches[];
	/** Samples by class and hospital. */
	readonly classCounts: readonly (readonly number[])[];
	/** Disjoint parts of equal size of the held-out rows, with the class proportions of the hospital's partition. */
	readonly testParts: readonly (readonly Sample[])[];
};

/** Most batches that one hospital may commit to: its tree's leaves, and one transaction's proofs. */
const mostBatches = ({ datasetDepth, epochs, stepsPerSegment }: FederationOptions["study"]): number =>
	Math.min(2 ** datasetDepth, Math.floor((MOST_SEGMENTS * stepsPerSegment) / epochs));

const batchesOf = (samples: readonly Sample[], size: number): HospitalBatches =>
	Array.from({ length: Math.floor(samples.length / size) }, (_, index) =>
		samples.slice(index * size, (index + 1) * size),
	);

/** @throws RangeError when there are too few rows */
export const simulateFederation = (options: FederationOptions): Federation => {
	const { study, train, test, hospitals, partition, samples, seed } = options;
	const { batchSize, classes } = study;
	const labels = train.map(({ label }) => label);
	const maxBatches = mostBatches(study);
	const sizes = partSizes(partition, { hospitals, rows: train.length, batchSize, maxBatches, samples });
	const parts = partitionRows(partition, { labels, sizes, seed });
	const testParts = partitionRows(partition, {
		labels: test.map(({ label }) => label),
		sizes: sizes.map(() => Math.floor(test.length / hospitals)),
		seed,
	});
	const shuffle = createRandom(`batches/${seed}`);
	return {
		hospitals: parts.map((part) => batchesOf(shuffle.shuffle(part.map((row) => train[row] as Sample)), batchSize)),
		classCounts: parts.map((part) => classes.map((_, label) => part.filter((row) => labels[row] === label).length)),
		testParts: testParts.map((part) => part.map((row) => test[row] as Sample)),
	};
};

/**
 * Hospitals that are there already, each with rows of its own; at most as many as it may commit to.
 * @throws RangeError when one has less than one batch
 */
export const naturalFederation = ({
	study,
	hospitals,
	seed,
}: Pick<FederationOptions, "study" | "seed"> & {
	readonly hospitals: readonly { readonly train: readonly Sample[]; readonly test: readonly Sample[] }[];
}): Federation => {
	const { batchSize, classes } = study;
	const shuffle = createRandom(`batches/${seed}`);
	const batches = hospitals.map(({ train }, index) => {
		if (train.length >= batchSize) return batchesOf(shuffle.shuffle(train), batchSize).slice(0, mostBatches(study));
		throw new RangeError(
			`hospital ${index + 1} has ${train.length} rows for training, less than one batch of ${batchSize}`,
		);
	});
	return {
		hospitals: batches,
		classCounts: batches.map((own) =>
			classes.map((_, label) => own.flat().filter((sample) => sample.label === label).length),
		),
		testParts: hospitals.map(({ test }) => test),
	};
};

/** Seeded u32s in the place of the chain's beacons. */
export const simulatedBeacons = (seed: string): ((round: number) => number) => {
	const random = createRandom(`beacons/${seed}`);
	const drawn: number[] = [];
	return (round) => {
		while (drawn.length < round) drawn.push(random.below(2 ** 32));
		return drawn[round - 1] as number;
	};
};
