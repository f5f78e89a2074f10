/** A study's network as the trainer walks it: index tables, and for every sum the way to compute it exactly in JavaScript numbers. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { type Block, type Network, networkOf, type Shape } from "../../protocol/network.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import { type Planes, planesOf } from "./planes.ts";

/** Activations (scale 2^8) saturate here, the real 2^16, in predictions; training never gets near it. */
export const PREDICTED_ACTIVATION_LIMIT = 2 ** 24;

/** The part of a study that predictions depend on. */
export type PredictedStudy = Pick<Study, "input" | "layers" | "loss">;

/** The part of a study that the arithmetic of training depends on. */
export type TrainedStudy = PredictedStudy & Pick<Study, "batchSize" | "optimizer">;

/**
 * A block whose pooling before the ReLU is folded into its convolution: one position per pooled pre-activation, whose patch of inputs is the sum
 * of its window's patches. Pre-activations that fill no window of the pooling after the ReLU do not exist.
 */
export type WalkedBlock = Block & {
	readonly positions: number;
	/** Pre-activations: positions x filters. */
	readonly activations: number;
	readonly inputCount: number;
	readonly outputCount: number;
	/** Convolution outputs that a pre-activation sums: the area of `poolBefore`. */
	readonly area: number;
	/** Index of an input: `inputAt[(position * taps + tap) * area + cell]`. */
	readonly inputAt: Int32Array;
	/** Whether patch and inputs are the same list: a dense layer. */
	readonly direct: boolean;
	/** Position in the output that each position adds to; -1: rows and columns that fill no window of the pooling after the ReLU. */
	readonly outputAt: Int32Array;
	/** Whether each position is an output of its own: no pooling after the ReLU. */
	readonly unpooled: boolean;
};

export type Architecture = Network & { readonly walked: readonly WalkedBlock[] };
export type TrainedArchitecture = Architecture & {
	readonly batchBits: number;
	/** Of the gradients by each block's pre-activations. */
	readonly planes: readonly Planes[];
};

const inputIndices = (block: Block, { height, width }: Shape, area: number): Int32Array => {
	const { input, kernelWidth, strideHeight, strideWidth, taps, poolBefore } = block;
	const inputAt = new Int32Array(height * width * taps * area);
	let next = 0;
	for (let row = 0; row < height; row++) {
		for (let column = 0; column < width; column++) {
			for (let tap = 0; tap < taps; tap++) {
				const channel = tap % input.channels;
				const across = Math.floor(tap / input.channels) % kernelWidth;
				const down = Math.floor(tap / (input.channels * kernelWidth));
				for (let cell = 0; cell < area; cell++) {
					const convolvedRow = row * poolBefore[0] + Math.floor(cell / poolBefore[1]);
					const convolvedColumn = column * poolBefore[1] + (cell % poolBefore[1]);
					const at = (convolvedRow * strideHeight + down) * input.width + convolvedColumn * strideWidth + across;
					inputAt[next++] = at * input.channels + channel;
				}
			}
		}
	}
	return inputAt;
};

const walk = (block: Block): WalkedBlock => {
	const { input, activated, output, filters, poolBefore, poolAfter, taps } = block;
	const positions = activated.height * activated.width;
	const area = poolBefore[0] * poolBefore[1];
	return {
		...block,
		...{ positions, area, activations: positions * filters },
		inputCount: input.height * input.width * input.channels,
		outputCount: output.height * output.width * filters,
		inputAt: inputIndices(block, activated, area),
		direct: block.kind === "dense" && positions * area === 1 && taps === input.height * input.width * input.channels,
		outputAt: Int32Array.from({ length: positions }, (_, position) => {
			const row = Math.floor(Math.floor(position / activated.width) / poolAfter[0]);
			const column = Math.floor((position % activated.width) / poolAfter[1]);
			return row < output.height && column < output.width ? row * output.width + column : -1;
		}),
		unpooled: poolAfter[0] * poolAfter[1] === 1,
	};
};

const tooLarge = (what: string): DecentraHealthError =>
	new DecentraHealthError("STUDY_INVALID", {
		message: `layers: ${what} sums more than the fixed-point trainer computes exactly`,
		nextStep: "Use a larger stride, a smaller input, fewer filters, less pooling or smaller batches.",
	});

const { weightBits, weightScaleBits, computeScaleBits, inputBits } = fixedPoint;

/** Largest magnitude of a compute weight. */
const COMPUTE_LIMIT = 2 ** (weightBits - 1 - weightScaleBits + computeScaleBits);

const knownNetworks = new WeakMap<object, Architecture>();

/**
 * The network of a study, ready for the forward pass.
 * @throws DecentraHealthError STUDY_INVALID when a sum could pass 2^53
 */
export const architectureFor = (study: Pick<Study, "input" | "layers">): Architecture => {
	const network = networkOf(study);
	const found = knownNetworks.get(network);
	if (found !== undefined) return found;
	const walked = network.blocks.map(walk);
	for (const [index, { taps, area, inputScaleBits, poolAfter }] of walked.entries()) {
		// Prediction lets activations grow up to their saturation; pooling after the ReLU adds up to a window of them.
		const before = walked[index - 1];
		const pooled = before === undefined ? 1 : before.poolAfter[0] * before.poolAfter[1];
		const largest = before === undefined ? 2 ** (inputBits - 1) : PREDICTED_ACTIVATION_LIMIT * pooled;
		if ((taps * largest + 2 ** inputScaleBits) * COMPUTE_LIMIT * area > 2 ** 52) throw tooLarge(`block ${index}`);
		if (poolAfter[0] * poolAfter[1] * PREDICTED_ACTIVATION_LIMIT > 2 ** 52) throw tooLarge(`block ${index}`);
	}
	const made = { ...network, walked };
	knownNetworks.set(network, made);
	return made;
};

const knownArchitectures = new WeakMap<Architecture, Map<string, TrainedArchitecture>>();

/**
 * The same, ready for training.
 * @throws DecentraHealthError STUDY_INVALID when a sum could pass what the trainer's planes hold
 */
export const trainedArchitecture = (study: TrainedStudy): TrainedArchitecture => {
	const architecture = architectureFor(study);
	const key = `${study.loss}/${study.batchSize}`;
	const variants = knownArchitectures.get(architecture) ?? new Map<string, TrainedArchitecture>();
	knownArchitectures.set(architecture, variants);
	const found = variants.get(key);
	if (found !== undefined) return found;
	const planes = planesOf(architecture.walked, study);
	if (planes === undefined) throw tooLarge(`a batch of ${study.batchSize}`);
	const made = { ...architecture, planes, batchBits: Math.log2(study.batchSize) };
	variants.set(key, made);
	return made;
};
