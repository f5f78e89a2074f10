/** Buffers of the forward and backward pass, made once for a network: nothing is allocated while it trains. */
import { computeWeight } from "../../protocol/fixedPoint.ts";
import type { Architecture, TrainedArchitecture, WalkedBlock } from "./architecture.ts";

export type BlockBuffers = {
	/** Compute weights [filters][taps] and biases [filters]: transposed, as the inner loops read along taps. */
	readonly kernel: Float64Array;
	readonly bias: Float64Array;
	/** Patch [positions][taps] of each position. */
	readonly patch: Float64Array;
	/** Pre-activations [positions][filters] that are >= 0. */
	readonly active: Uint8Array;
	/** [output height][output width][filters] */
	readonly output: Float64Array;
};

export type Workspace = {
	/** The sample, centred. */
	readonly inputs: Float64Array;
	readonly blocks: readonly BlockBuffers[];
};

/** What the backward pass needs besides, each list by plane. */
export type GradientBuffers = {
	/** By the pre-activations [positions][filters]. */
	readonly activation: readonly Float64Array[];
	/** By the block's inputs; none for the first block. */
	readonly input: readonly Float64Array[];
	/** Sums over the batch: kernel [filters][taps] and, without the inputs' scale, bias [filters]. */
	readonly kernel: readonly Float64Array[];
	readonly bias: readonly Float64Array[];
};

export const createWorkspace = ({ inputCount, walked }: Architecture): Workspace => ({
	inputs: new Float64Array(inputCount),
	blocks: walked.map((block, index) => ({
		kernel: new Float64Array(block.kernelCount),
		bias: new Float64Array(block.filters),
		// A dense layer's one patch is its whole input: the output of the block before.
		patch: block.direct && index > 0 ? new Float64Array(0) : new Float64Array(block.positions * block.taps),
		active: new Uint8Array(block.activations),
		output: new Float64Array(block.outputCount),
	})),
});

export const createGradientBuffers = ({ walked, planes }: TrainedArchitecture): readonly GradientBuffers[] =>
	walked.map((block, index) => {
		const make = (length: number): readonly Float64Array[] =>
			Array.from({ length: planes[index]?.count ?? 1 }, () => new Float64Array(length));
		return {
			activation: make(block.activations),
			input: index === 0 ? [] : make(block.inputCount),
			kernel: make(block.kernelCount),
			bias: make(block.filters),
		};
	});

const loadBlock = (
	{ kernelAt, biasAt, taps, filters }: WalkedBlock,
	{ kernel, bias }: BlockBuffers,
	weights: ArrayLike<number>,
): void => {
	for (let filter = 0; filter < filters; filter++) {
		bias[filter] = computeWeight(weights[biasAt + filter] as number);
		for (let tap = 0; tap < taps; tap++) {
			kernel[filter * taps + tap] = computeWeight(weights[kernelAt + tap * filters + filter] as number);
		}
	}
};

/** @param weights integers of scale 2^16 in TensorFlow.js order */
export const loadWeights = ({ walked }: Architecture, { blocks }: Workspace, weights: ArrayLike<number>): void => {
	for (const [index, block] of walked.entries()) loadBlock(block, blocks[index] as BlockBuffers, weights);
};
