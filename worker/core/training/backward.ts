/** The fixed-point backward pass of one sample; docs/PROTOCOL.md section 6. Linear, so it runs on each plane of worker/core/training/planes.ts alike. */
import type { TrainedArchitecture, WalkedBlock } from "./architecture.ts";
import { patchOf } from "./forward.ts";
import { carryPlanes } from "./planes.ts";
import type { BlockBuffers, GradientBuffers, Workspace } from "./workspace.ts";

/** Adds the sample's gradients to the batch's: of the biases without the inputs' scale, which worker/core/training/updateWeights.ts brings in. */
const addWeightGradients = (
	{ positions, filters, taps }: WalkedBlock,
	patch: Float64Array,
	activation: Float64Array,
	kernel: Float64Array,
	bias: Float64Array,
): void => {
	for (let position = 0; position < positions; position++) {
		const first = position * taps;
		for (let filter = 0; filter < filters; filter++) {
			const dz = activation[position * filters + filter] as number;
			if (dz === 0) continue;
			bias[filter] = (bias[filter] as number) + dz;
			const weight = filter * taps;
			for (let tap = 0; tap < taps; tap++) {
				kernel[weight + tap] = (kernel[weight + tap] as number) + dz * (patch[first + tap] as number);
			}
		}
	}
};

/** Gradient by the block's inputs. */
const inputGradients = (
	{ positions, filters, taps, area, inputAt }: WalkedBlock,
	weights: Float64Array,
	activation: Float64Array,
	input: Float64Array,
): void => {
	input.fill(0);
	for (let position = 0; position < positions; position++) {
		for (let filter = 0; filter < filters; filter++) {
			const dz = activation[position * filters + filter] as number;
			if (dz === 0) continue;
			for (let tap = 0; tap < taps; tap++) {
				const value = dz * (weights[filter * taps + tap] as number);
				const first = (position * taps + tap) * area;
				for (let cell = first; cell < first + area; cell++) {
					const at = inputAt[cell] as number;
					input[at] = (input[at] as number) + value;
				}
			}
		}
	}
};

/** From the gradient by the block's outputs to that by its pre-activations: back through pooling and ReLU. */
const throughRelu = (
	{ positions, filters, outputAt }: WalkedBlock,
	active: Uint8Array,
	output: Float64Array,
	activation: Float64Array,
): void => {
	for (let position = 0; position < positions; position++) {
		const from = (outputAt[position] as number) * filters;
		for (let filter = 0; filter < filters; filter++) {
			const at = position * filters + filter;
			activation[at] = from >= 0 && active[at] === 1 ? (output[from + filter] as number) : 0;
		}
	}
};

/**
 * Adds one sample's gradients to the sums in `gradients`. The last block's `activation` holds the loss's gradients, one plane.
 * @param workspace as the sample's forward pass left it
 */
export const backwardSample = (
	architecture: TrainedArchitecture,
	workspace: Workspace,
	gradients: readonly GradientBuffers[],
): void => {
	const { walked } = architecture;
	for (let index = walked.length - 1; index >= 0; index--) {
		const block = walked[index] as WalkedBlock;
		const { activation, input, kernel, bias } = gradients[index] as GradientBuffers;
		const patch = patchOf(architecture, workspace, index);
		const { kernel: weights } = workspace.blocks[index] as BlockBuffers;
		for (let plane = 0; plane < activation.length; plane++) {
			const dz = activation[plane] as Float64Array;
			addWeightGradients(block, patch, dz, kernel[plane] as Float64Array, bias[plane] as Float64Array);
			if (index > 0) inputGradients(block, weights, dz, input[plane] as Float64Array);
		}
		if (index === 0) return;
		const before = walked[index - 1] as WalkedBlock;
		const { active } = workspace.blocks[index - 1] as BlockBuffers;
		const next = (gradients[index - 1] as GradientBuffers).activation;
		for (let plane = 0; plane < input.length; plane++) {
			throughRelu(before, active, input[plane] as Float64Array, next[plane] as Float64Array);
		}
		if (next.length > 1) carryPlanes(next.slice(0, input.length), next);
	}
};
