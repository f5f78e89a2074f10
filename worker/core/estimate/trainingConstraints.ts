/**
 * Constraints of a study's circuit TrainSegment, compiled with --O2, without compiling it: the templates' counts of circuits/training and
 * circuits/lib, exactly. test/circuits/training/constraints.test.ts compares them with compiled circuits.
 */
import { type Block, networkOf } from "../../protocol/network.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import { spongeConstraints } from "./sponge.ts";

export type TrainingConstraintParts = {
	/** Inputs' ranges, labels, the batch's leaf and its path. */
	readonly data: number;
	readonly convolutions: number;
	readonly activations: number;
	readonly loss: number;
	readonly gradients: number;
	readonly update: number;
	/** Per segment: schedule, the model's opening and both its commitments, with momentum the velocity's. */
	readonly segment: number;
};

export type TrainingConstraints = {
	readonly total: number;
	/** Everything included, by the samples of all steps. */
	readonly perSampleStep: number;
	/** Of all steps together. */
	readonly parts: TrainingConstraintParts;
};

export type EstimatedStudy = Pick<
	Study,
	"input" | "layers" | "loss" | "optimizer" | "batchSize" | "stepsPerSegment" | "datasetDepth"
>;

const POSEIDON_PAIR_LEVEL = 242;

const { weightBits, weightScaleBits, computeScaleBits } = fixedPoint;
/** Of a compute weight's magnitude. */
const COMPUTE_BITS = weightBits - 1 - weightScaleBits + computeScaleBits;

/** Smallest n with 2^n >= value. */
const bitLength = (value: number): number => Math.ceil(Math.log2(value));

/** Winograd's inner products of `length` for each pair of `left` and `right` vectors; without pairs when one side has a single vector. */
const innerProducts = (left: number, right: number, length: number): number => {
	const pairs = left > 1 && right > 1 ? Math.floor(length / 2) : 0;
	return left * right * (length - pairs) + (left + right) * pairs;
};

const sizeOf = ({ height, width, channels }: Block["activated"]): number => height * width * channels;

/**
 * A block's convolution as the circuits compute it for `height` x `width` outputs: of inputs summed by the pooling before the ReLU, with its
 * stride. Points of Toom-Cook, and the lengths of the inner product at each.
 */
const convolutionOf = (block: Block, height: number, width: number) => {
	const { kernelHeight, kernelWidth, input, strideHeight, poolBefore } = block;
	const residues = Math.min(strideHeight * poolBefore[0], kernelHeight);
	return height * width === 1
		? { points: 1, taps: block.taps, columns: 1 }
		: { points: residues * (height - 1) + kernelHeight, taps: kernelWidth * input.channels, columns: width };
};

/** Height and width of the upper left part of a block's outputs that the following blocks' kernels reach; the others have no gradient. */
const reachedOf = ([next, ...rest]: readonly Block[]): readonly [number, number] => {
	if (next === undefined) return [1, 1];
	const [height, width] = reachedOf(rest);
	const { poolBefore, poolAfter, strideHeight, strideWidth, kernelHeight, kernelWidth } = next;
	return [
		(height * poolAfter[0] * poolBefore[0] - 1) * strideHeight + kernelHeight,
		(width * poolAfter[1] * poolBefore[1] - 1) * strideWidth + kernelWidth,
	];
};

const blockConstraints = (blocks: readonly Block[], index: number, batch: number) => {
	const block = blocks[index] as Block;
	const isFirst = index === 0;
	const { activated, poolAfter, filters } = block;
	const ahead = convolutionOf(block, activated.height, activated.width);
	const reached = reachedOf(blocks.slice(index + 1));
	const [height, width] = [reached[0] * poolAfter[0], reached[1] * poolAfter[1]];
	const back = convolutionOf(block, height, width);
	const rows = batch * back.columns;
	return {
		convolution: ahead.points * innerProducts(batch * ahead.columns, filters, ahead.taps),
		activation: block.relu ? batch * sizeOf(activated) * (6 + block.preActivationScaleBits) : 0,
		gradient:
			back.points * innerProducts(back.taps, filters, rows) +
			(isFirst ? 0 : back.points * innerProducts(rows, back.taps, filters)) +
			(block.relu ? batch * height * width * filters : 0),
	};
};

const lossConstraints = (last: Block, isSoftmax: boolean): number => {
	const magnitudeBits = last.inputBits + COMPUTE_BITS + bitLength(last.taps + 2);
	const classes = last.filters;
	return isSoftmax ? classes * (magnitudeBits + 1 + 124 + 2 * bitLength(classes)) - 1 : magnitudeBits + 74;
};

/** @returns exact counts of TrainSegment at optimization O2 */
export const trainingConstraints = (study: EstimatedStudy): TrainingConstraints => {
	const { batchSize: batch, stepsPerSegment: steps, datasetDepth: depth } = study;
	const { blocks, inputCount, weightCount, outputs } = networkOf(study);
	const last = blocks.at(-1);
	if (last === undefined) throw new RangeError("a network has at least one block");
	const isSoftmax = study.loss === "softmax-cross-entropy";
	const hasMomentum = study.optimizer.kind === "momentum";
	const each = blocks.map((_, index) => blockConstraints(blocks, index, batch));
	const sum = (part: "convolution" | "activation" | "gradient"): number =>
		steps * each.reduce((total, counts) => total + counts[part], 0);

	const elements = batch * Math.ceil((inputCount + 1) / fixedPoint.bytesPerElement) + 1;
	const perBatch =
		batch * (fixedPoint.inputBits * inputCount + (isSoftmax ? outputs : 1)) +
		spongeConstraints(elements) +
		POSEIDON_PAIR_LEVEL * depth;
	const perUpdate = blocks.reduce((total, block) => {
		const scaleBits = block.gradientScaleBits + block.inputScaleBits + Math.log2(batch);
		const perWeight = hasMomentum ? Math.max(scaleBits, 28) + 29 : scaleBits + 4;
		return total + (block.kernelCount + block.filters) * perWeight;
	}, 0);
	const velocityElements = Math.ceil(weightCount / fixedPoint.velocitiesPerElement);
	const commitment = spongeConstraints(Math.ceil(weightCount / fixedPoint.weightsPerElement) + 1);
	const parts: TrainingConstraintParts = {
		// The first step is active by definition: its products with `active` are none, and the second step's `active` is linear.
		data: steps * (perBatch + 1) - 1,
		convolutions: sum("convolution"),
		activations: sum("activation"),
		loss: steps * batch * lossConstraints(last, isSoftmax),
		gradients: sum("gradient"),
		update: steps * perUpdate - (hasMomentum ? weightCount : 0),
		segment:
			1 +
			2 * fixedPoint.learningRateBits +
			(130 + 3 * depth + Math.max(0, 6 * (steps - 1) - 1)) +
			(steps - 1) +
			fixedPoint.weightBits * weightCount +
			2 * commitment +
			(hasMomentum
				? fixedPoint.velocityBits * weightCount + 2 * spongeConstraints(velocityElements + 1) + 3 + velocityElements
				: 0),
	};
	const total = Object.values(parts).reduce((a, b) => a + b, 0);
	return { total, perSampleStep: total / (batch * steps), parts };
};
