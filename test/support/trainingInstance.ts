/** Small studies with random data sets and models, for tests of the trainer and its circuits. */
import { createRandom } from "../../worker/core/dataset/random.ts";
import type { TrainedStudy } from "../../worker/core/training/architecture.ts";
import type { SegmentOptions } from "../../worker/core/training/segmentInput.ts";
import type { TrainingState } from "../../worker/core/training/trainStep.ts";
import { batchLeaf, merkleTree, type Sample } from "../../worker/protocol/merkle.ts";
import { architectureOf } from "../../worker/protocol/study.ts";

export type TinyStudy = TrainedStudy & { readonly stepsPerSegment: number; readonly datasetDepth: number };

/** Two filters of 2x1 on 3x1x2 inputs, batches of 2, 2 steps: the smallest study in which every part occurs. */
export const TINY_STUDY: TinyStudy = {
	input: { height: 3, width: 1, channels: 2 },
	layers: [
		{ kind: "conv2d", filters: 2, kernel: [2, 1], stride: [1, 1] },
		{ kind: "relu" },
		{ kind: "dense", units: 1 },
	],
	loss: "binary-cross-entropy",
	optimizer: { kind: "sgd" },
	batchSize: 2,
	stepsPerSegment: 2,
	datasetDepth: 2,
};

/** Three classes, two convolutions, pooling before and after a ReLU with rows and columns that fill no window, momentum. */
export const POOLED_STUDY: TinyStudy = {
	input: { height: 8, width: 7, channels: 1 },
	layers: [
		{ kind: "conv2d", filters: 2, kernel: [2, 2], stride: [1, 1] },
		{ kind: "averagePooling", window: [1, 2] },
		{ kind: "relu" },
		{ kind: "averagePooling", window: [2, 1] },
		{ kind: "conv2d", filters: 3, kernel: [2, 2], stride: [1, 1] },
		{ kind: "relu" },
		{ kind: "dense", units: 3 },
	],
	loss: "softmax-cross-entropy",
	optimizer: { kind: "momentum", momentum: 0.5 },
	batchSize: 2,
	stepsPerSegment: 2,
	datasetDepth: 2,
};

/** Weights up to `magnitude` (scale 2^16), uniformly. */
export const randomWeights = (study: TrainedStudy, seed: string, magnitude = 0.7): readonly number[] => {
	const random = createRandom(`weights/${seed}`);
	const limit = Math.round(magnitude * 2 ** 16);
	return Array.from({ length: architectureOf(study).weightCount }, () => random.below(2 * limit + 1) - limit);
};

/** A state in the middle of a round: with momentum, velocities up to `magnitude` (scale 2^20). */
export const randomState = (study: TrainedStudy, seed: string, magnitude = 0.7): TrainingState => {
	const weights = randomWeights(study, seed, magnitude);
	if (study.optimizer.kind === "sgd") return { weights };
	const random = createRandom(`velocity/${seed}`);
	const limit = Math.round(magnitude * 2 ** 16);
	return { weights, velocity: weights.map(() => random.below(2 * limit + 1) - limit) };
};

export const randomBatch = (study: TrainedStudy, seed: string): readonly Sample[] => {
	const random = createRandom(`batch/${seed}`);
	const { inputCount, outputs } = architectureOf(study);
	return Array.from({ length: study.batchSize }, () => ({
		inputs: Uint8Array.from({ length: inputCount }, () => random.below(256)),
		label: random.below(study.loss === "binary-cross-entropy" ? 2 : outputs),
	}));
};

/** A committed data set of given batches. */
export const datasetOf = (
	study: TinyStudy,
	batches: readonly (readonly Sample[])[],
	salts: readonly bigint[],
): SegmentOptions["dataset"] => {
	const leaves = batches.map((batch, index) => batchLeaf(batch, salts[index] as bigint));
	return { batches, salts, tree: merkleTree(leaves, study.datasetDepth) };
};

export const randomDataset = (study: TinyStudy, seed: string, batchCount: number): SegmentOptions["dataset"] => {
	const batches = Array.from({ length: batchCount }, (_, index) => randomBatch(study, `${seed}/${index}`));
	const salts = batches.map((_, index) => BigInt(createRandom(`salt/${seed}/${index}`).below(2 ** 32)) ** 7n);
	return datasetOf(study, batches, salts);
};

/** A segment of a random data set of 3 batches: the second of two when totalSteps is 3. */
export const randomSegment = (
	study: TinyStudy,
	seed: string,
	overrides: Partial<SegmentOptions> = {},
): SegmentOptions => ({
	study,
	dataset: randomDataset(study, seed, Math.min(3, 2 ** study.datasetDepth)),
	context: 1234567890123456789n,
	beacon: createRandom(`beacon/${seed}`).below(2 ** 32),
	firstStep: 0,
	totalSteps: study.stepsPerSegment,
	learningRate: 512,
	weightsIn: randomWeights(study, seed),
	saltIn: 0n,
	secretOut: 987654321n,
	...overrides,
});
