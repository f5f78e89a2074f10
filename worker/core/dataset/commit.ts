/** A hospital's commitment to its data set: shuffled batches, their salts and the Merkle tree; docs/PROTOCOL.md section 1. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { batchLeaf, type MerkleTree, merkleTree, type Sample } from "../../protocol/merkle.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { architectureOf, leastBatches, leastSamples, type Study } from "../../protocol/study.ts";
import { deriveBytes, deriveFieldElement } from "./derive.ts";
import { describeLabels } from "./labels.ts";
import { createRandom } from "./random.ts";

export type CommittedDataset = {
	/** Whole batches in committed order: batch i is leaf i. */
	readonly batches: readonly (readonly Sample[])[];
	/** One per batch, in [0, r). Secret: it hides the batch behind its leaf. */
	readonly salts: readonly bigint[];
	readonly tree: MerkleTree;
	readonly root: bigint;
	/** batchCount * batchSize. */
	readonly sampleCount: number;
	readonly batchCount: number;
	/** Rows left out because they did not fill a batch. */
	readonly droppedCount: number;
};

export type CommitOptions = {
	readonly study: Study;
	readonly samples: readonly Sample[];
	/** The hospital's secret, at least 32 bytes. The same seed and samples give the same commitment. */
	readonly seed: Uint8Array;
};

/**
 * Shuffles the samples by the seed, cuts them into whole batches and commits to each.
 * @throws DecentraHealthError DATASET_EMPTY, DATASET_TOO_SMALL, DATASET_TOO_LARGE, DATASET_SHAPE, DATASET_LABEL
 */
export const commitDataset = ({ study, samples, seed }: CommitOptions): CommittedDataset => {
	const { batchSize, datasetDepth, name, classes } = study;
	const { inputCount } = architectureOf(study);
	const batchCount = Math.floor(samples.length / batchSize);
	const sampleCount = batchCount * batchSize;
	if (batchCount === 0) {
		throw new DecentraHealthError("DATASET_EMPTY", {
			message: `the data set has ${samples.length} samples, less than one batch of ${batchSize}`,
			nextStep: `Provide at least ${batchSize} labelled rows.`,
		});
	}
	if (batchCount < leastBatches(study)) {
		throw new DecentraHealthError("DATASET_TOO_SMALL", {
			message: `the data set has ${samples.length} samples, ${batchCount} whole batches of ${batchSize}; study ${name} takes no hospital with fewer than ${leastSamples(study)} samples (minSamples, minBatches)`,
			nextStep: "Bring more rows: what few rows change in a model tells much of each of them.",
		});
	}
	if (batchCount > 2 ** datasetDepth || sampleCount > standardProfile.maxSampleSum) {
		const most = Math.min(2 ** datasetDepth * batchSize, standardProfile.maxSampleSum);
		throw new DecentraHealthError("DATASET_TOO_LARGE", {
			message: `the data set has ${samples.length} samples; study ${name} holds at most ${most} a hospital`,
			nextStep: "Use fewer rows, or create a study with a deeper data set tree.",
		});
	}
	samples.forEach(({ inputs, label }, index) => {
		if (inputs.length !== inputCount) {
			throw new DecentraHealthError("DATASET_SHAPE", {
				message: `sample ${index} has ${inputs.length} inputs; study ${name} needs ${inputCount}`,
				nextStep: "Load the data with the study that it is meant for.",
			});
		}
		if (!Number.isInteger(label) || label < 0 || label >= classes.length) {
			throw new DecentraHealthError("DATASET_LABEL", {
				message: `sample ${index} has a label that is no class of study ${name}`,
				nextStep: `Label every row with one of ${describeLabels(classes)}.`,
			});
		}
	});
	const shuffled = createRandom(deriveBytes(seed, `batch-order/v1/${name}`)).shuffle(samples);
	const batches = Array.from({ length: batchCount }, (_, index) =>
		shuffled.slice(index * batchSize, (index + 1) * batchSize),
	);
	const salts = batches.map((_, index) => deriveFieldElement(seed, `batch-salt/v1/${name}/${index}`));
	const tree = merkleTree(
		batches.map((batch, index) => batchLeaf(batch, salts[index] as bigint)),
		datasetDepth,
	);
	return {
		batches,
		salts,
		tree,
		root: tree.root,
		sampleCount,
		batchCount,
		droppedCount: samples.length - sampleCount,
	};
};
