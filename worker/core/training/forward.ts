/** The fixed-point forward pass; docs/PROTOCOL.md section 6. */
import { preActivationLimit } from "../../protocol/fixedPoint.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import { type Architecture, PREDICTED_ACTIVATION_LIMIT, type WalkedBlock } from "./architecture.ts";
import type { BlockBuffers, Workspace } from "./workspace.ts";

const { inputOffset, activationScaleBits } = fixedPoint;

/** Sums each position's window of inputs, tap by tap. */
const gather = ({ inputAt, area }: WalkedBlock, input: Float64Array, patch: Float64Array): void => {
	if (area === 1) {
		for (let at = 0; at < patch.length; at++) patch[at] = input[inputAt[at] as number] as number;
		return;
	}
	for (let at = 0; at < patch.length; at++) {
		let sum = 0;
		for (let cell = at * area; cell < (at + 1) * area; cell++) sum += input[inputAt[cell] as number] as number;
		patch[at] = sum;
	}
};

/** @returns whether every pre-activation that a ReLU sees is in [-16, 16) */
const forwardBlock = (block: WalkedBlock, buffers: BlockBuffers, patch: Float64Array): boolean => {
	const { positions, taps, filters, area, relu, unpooled, outputAt, inputScaleBits, preActivationScaleBits } = block;
	const { kernel, bias, active, output } = buffers;
	const limit = preActivationLimit(preActivationScaleBits);
	const drop = 2 ** (preActivationScaleBits - activationScaleBits);
	const biasScale = area * 2 ** inputScaleBits;
	let inRange = true;
	if (!unpooled) output.fill(0);
	for (let position = 0; position < positions; position++) {
		const to = (outputAt[position] as number) * filters;
		for (let filter = 0; filter < filters; filter++) {
			let z = (bias[filter] as number) * biasScale;
			const first = position * taps;
			const weight = filter * taps;
			for (let tap = 0; tap < taps; tap++) z += (patch[first + tap] as number) * (kernel[weight + tap] as number);
			if (!relu) {
				output[to + filter] = z;
				continue;
			}
			if (z < -limit || z >= limit) inRange = false;
			active[position * filters + filter] = z >= 0 ? 1 : 0;
			if (to < 0) continue;
			const value = z >= 0 ? Math.min(Math.floor(z / drop), PREDICTED_ACTIVATION_LIMIT) : 0;
			output[to + filter] = unpooled ? value : (output[to + filter] as number) + value;
		}
	}
	return inRange;
};

/** What block `index` multiplies its weights with. */
export const patchOf = ({ walked }: Architecture, { inputs, blocks }: Workspace, index: number): Float64Array => {
	if (walked[index]?.direct !== true) return (blocks[index] as BlockBuffers).patch;
	return index === 0 ? inputs : (blocks[index - 1] as BlockBuffers).output;
};

/**
 * One sample through all blocks, with the weights that {@link loadWeights} put there; what the backward pass needs stays in the workspace.
 * @param inputs u8 in order [height][width][channels]
 * @returns whether the step is inside the range that training requires; the logits are in the last block's output
 */
export const forwardSample = (architecture: Architecture, workspace: Workspace, inputs: Uint8Array): boolean => {
	const { walked } = architecture;
	const { blocks } = workspace;
	for (let at = 0; at < inputs.length; at++) workspace.inputs[at] = (inputs[at] as number) - inputOffset;
	let input = workspace.inputs;
	let inRange = true;
	for (let index = 0; index < walked.length; index++) {
		const block = walked[index] as WalkedBlock;
		const buffers = blocks[index] as BlockBuffers;
		const patch = patchOf(architecture, workspace, index);
		if (!block.direct) gather(block, input, patch);
		if (!forwardBlock(block, buffers, patch)) inRange = false;
		input = buffers.output;
	}
	return inRange;
};

/** The logits that the last {@link forwardSample} left: integers of the last block's `preActivationScaleBits`. */
export const logitsOf = ({ blocks }: Workspace): Float64Array => (blocks.at(-1) as BlockBuffers).output;
