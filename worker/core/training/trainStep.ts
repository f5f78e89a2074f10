/** One step of SGD, plain or with momentum, on one batch, bit for bit what circuits/training/TrainStep.circom proves; docs/PROTOCOL.md section 6. */
import {
	exponential,
	LEARNING_RATE_LIMIT,
	scaledLossGradient,
	scaledSoftmaxGradient,
	trainingOverflow,
} from "../../protocol/fixedPoint.ts";
import type { Sample } from "../../protocol/merkle.ts";
import { momentumInteger } from "../../protocol/study.ts";
import { type TrainedArchitecture, type TrainedStudy, trainedArchitecture } from "./architecture.ts";
import { backwardSample } from "./backward.ts";
import { forwardSample, logitsOf } from "./forward.ts";
import { updateWeights } from "./updateWeights.ts";
import {
	createGradientBuffers,
	createWorkspace,
	type GradientBuffers,
	loadWeights,
	type Workspace,
} from "./workspace.ts";

export type TrainingState = {
	/** Integers in [-2^19, 2^19), scale 2^16, in TensorFlow.js order. */
	readonly weights: readonly number[];
	/** With momentum alone: one integer in [-2^23, 2^23), scale 2^20, per weight. */
	readonly velocity?: readonly number[];
};

/** The state in which a round begins. */
export const startOfRound = (
	{ optimizer }: Pick<TrainedStudy, "optimizer">,
	weights: readonly number[],
): TrainingState => (optimizer.kind === "momentum" ? { weights, velocity: weights.map(() => 0) } : { weights });

type Buffers = {
	readonly workspace: Workspace;
	readonly gradients: readonly GradientBuffers[];
	/** The loss's exponentials, one per class. */
	readonly exponentials: Float64Array;
};

const known = new WeakMap<TrainedArchitecture, Buffers>();

const buffersOf = (architecture: TrainedArchitecture): Buffers => {
	const found = known.get(architecture);
	if (found !== undefined) return found;
	const made = {
		workspace: createWorkspace(architecture),
		gradients: createGradientBuffers(architecture),
		exponentials: new Float64Array(architecture.outputs),
	};
	known.set(architecture, made);
	return made;
};

/** Writes the loss's gradients by the logits, learning rate included, scale 2^16, into `into`. */
const lossGradients = (
	loss: TrainedStudy["loss"],
	logits: Float64Array,
	scaleBits: number,
	{ label, learningRate, exponentials }: Pick<Buffers, "exponentials"> & { label: number; learningRate: number },
	into: Float64Array,
): void => {
	if (loss === "binary-cross-entropy") {
		into[0] = scaledLossGradient(logits[0] as number, label, learningRate, scaleBits);
		return;
	}
	let largest = logits[0] as number;
	for (let k = 1; k < logits.length; k++) largest = Math.max(largest, logits[k] as number);
	let sum = 0;
	for (let k = 0; k < logits.length; k++) {
		const e = exponential(largest - (logits[k] as number), scaleBits);
		exponentials[k] = e;
		sum += e;
	}
	for (let k = 0; k < logits.length; k++) {
		into[k] = scaledSoftmaxGradient(exponentials[k] as number, sum, k === label ? 1 : 0, learningRate);
	}
};

const requireSizes = (
	{ weightCount, inputCount, outputs }: TrainedArchitecture,
	study: TrainedStudy,
	{ weights, velocity }: TrainingState,
	batch: readonly Sample[],
	learningRate: number,
): void => {
	if (weights.length !== weightCount)
		throw new RangeError(`the study has ${weightCount} weights, not ${weights.length}`);
	if (velocity?.length !== (study.optimizer.kind === "momentum" ? weightCount : undefined)) {
		throw new RangeError(`an optimizer of kind ${study.optimizer.kind} has ${velocity?.length ?? "no"} velocities`);
	}
	if (batch.length !== study.batchSize || batch.some(({ inputs }) => inputs.length !== inputCount)) {
		throw new RangeError(`a batch has ${study.batchSize} samples of ${inputCount} inputs`);
	}
	const classes = study.loss === "binary-cross-entropy" ? 2 : outputs;
	if (batch.some(({ label }) => !Number.isInteger(label) || label < 0 || label >= classes)) {
		throw new RangeError(`a label is an integer in [0, ${classes})`);
	}
	if (!Number.isInteger(learningRate) || learningRate < 1 || learningRate >= LEARNING_RATE_LIMIT) {
		throw new RangeError(`the learning rate is an integer in [1, ${LEARNING_RATE_LIMIT}), scale 2^10`);
	}
};

/** Whether every pre-activation of these samples is in the range that a proof needs, of inactive steps too. */
export const staysInRange = (study: TrainedStudy, weights: readonly number[], samples: readonly Sample[]): boolean => {
	const architecture = trainedArchitecture(study);
	const { workspace } = buffersOf(architecture);
	loadWeights(architecture, workspace, weights);
	return samples.every(({ inputs }) => forwardSample(architecture, workspace, inputs));
};

/**
 * @param batch exactly `batchSize` samples
 * @param learningRate integer in [1, 2^12), scale 2^10
 * @param active false for a step past the round's last: the weights stay, velocities become 0
 * @returns the state after one step by the batch mean of the gradients
 * @throws DecentraHealthError TRAINING_OVERFLOW when a pre-activation, a new velocity or a new weight leaves its range; RangeError for wrong sizes
 */
export const trainStep = (
	study: TrainedStudy,
	state: TrainingState,
	batch: readonly Sample[],
	learningRate: number,
	active = true,
): TrainingState => {
	const architecture = trainedArchitecture(study);
	requireSizes(architecture, study, state, batch, learningRate);
	if (!active) {
		if (!staysInRange(study, state.weights, batch)) throw trainingOverflow("pre-activation");
		return startOfRound(study, state.weights);
	}
	const { workspace, gradients, exponentials } = buffersOf(architecture);
	const scaleBits = architecture.blocks.at(-1)?.preActivationScaleBits ?? 0;
	const logits = logitsOf(workspace);
	const dlogits = gradients.at(-1)?.activation[0] as Float64Array;
	loadWeights(architecture, workspace, state.weights);
	for (const { kernel, bias } of gradients) {
		for (const plane of kernel) plane.fill(0);
		for (const plane of bias) plane.fill(0);
	}
	for (const { inputs, label } of batch) {
		if (!forwardSample(architecture, workspace, inputs)) throw trainingOverflow("pre-activation");
		lossGradients(study.loss, logits, scaleBits, { label, learningRate, exponentials }, dlogits);
		backwardSample(architecture, workspace, gradients);
	}
	return updateWeights(architecture, gradients, state, momentumInteger(study.optimizer));
};
