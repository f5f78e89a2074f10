/**
 * Gradients of deep networks outgrow 2^53. Such a gradient is held in planes, value = sum_i plane_i * 2^(24 i): the backward pass is linear, so it
 * works plane by plane with the same code, and every block starts from small planes again. Which blocks need it follows from the study alone.
 */
import { LEARNING_RATE_LIMIT, velocityTermBits } from "../../protocol/fixedPoint.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import type { WalkedBlock } from "./architecture.ts";

const PLANE_BITS = 24;
const PLANE = 2 ** PLANE_BITS;
/** log2 of the largest sum that a plane collects; what rounding adds stays below 2^53. */
const EXACT_BITS = 51;

export type Planes = {
	/** Planes of the gradient by the block's pre-activations; 1: the number itself. */
	readonly count: number;
	/** Whether the update by this gradient needs bigints. */
	readonly wide: boolean;
};

const { weightBits, weightScaleBits, computeScaleBits, gradientScaleBits, learningRateScaleBits, velocityBits } =
	fixedPoint;
/** momentum * velocity * 2^(T - 28) is below 2^(velocityBits + T - 21). */
const WIDEST_VELOCITY_TERM = 51 - velocityBits + 21;
const computeBits = weightBits - 1 - weightScaleBits + computeScaleBits;

/** Products of one weight and one gradient that sum up to the gradient by one input, at most. */
const fanOut = ({ inputAt, inputCount, filters, direct }: WalkedBlock): number => {
	if (direct) return filters;
	const uses = new Int32Array(inputCount);
	for (const at of inputAt) uses[at] = (uses[at] as number) + 1;
	return filters * uses.reduce((most, count) => Math.max(most, count), 0);
};

/**
 * The planes of each block's gradient.
 * @returns undefined when even planes would pass 2^53
 */
export const planesOf = (
	walked: readonly WalkedBlock[],
	{ loss, batchSize }: Pick<Study, "loss" | "batchSize">,
): readonly Planes[] | undefined => {
	const result: Planes[] = [];
	// Of the loss: |g| <= eta at scale 2^16. A softmax's gradients sum to at most 2 eta in magnitude, not to K eta.
	const largest = LEARNING_RATE_LIMIT * 2 ** (gradientScaleBits - learningRateScaleBits);
	let boundBits = Math.log2(largest);
	let split = false;
	for (const [index, block] of [...walked.entries()].toReversed()) {
		const last = index === walked.length - 1;
		const fan = last && loss === "softmax-cross-entropy" ? Math.min(block.filters, 3) : fanOut(block);
		// Kernel gradient of one plane; a momentum's velocity may scale it up by as much as 2^raise.
		const sumBits =
			Math.log2(block.area * block.positions * batchSize) + Math.max(block.inputBits, block.inputScaleBits);
		const meanBits = block.gradientScaleBits + block.inputScaleBits + Math.log2(batchSize);
		const raise = velocityTermBits(meanBits) - meanBits;
		const fits = (bits: number): boolean =>
			bits + sumBits + raise <= EXACT_BITS && (index === 0 || bits + computeBits + Math.log2(fan) <= EXACT_BITS);
		split ||= !fits(boundBits);
		if (split && !fits(PLANE_BITS - 1)) return undefined;
		// Balanced planes: each but the last holds [-2^23, 2^23].
		const count = split ? Math.max(1, Math.ceil((boundBits + 1) / PLANE_BITS)) : 1;
		result.unshift({ count, wide: count > 1 || velocityTermBits(meanBits) > WIDEST_VELOCITY_TERM });
		boundBits += computeBits + Math.log2(fan);
	}
	return result;
};

/**
 * Carries from plane to plane, so that each holds [-2^23, 2^23], the last one what is left.
 * @param from planes below 2^52, as sums left them
 * @param to at least as many planes, of the same length
 */
export const carryPlanes = (from: readonly Float64Array[], to: readonly Float64Array[]): void => {
	const top = to.length - 1;
	const length = to[top]?.length ?? 0;
	for (let at = 0; at < length; at++) {
		let carry = 0;
		for (let plane = 0; plane <= top; plane++) {
			const value = carry + (from[plane]?.[at] ?? 0);
			carry = plane === top ? 0 : Math.floor((value + PLANE / 2) / PLANE);
			(to[plane] as Float64Array)[at] = value - carry * PLANE;
		}
	}
};

/** The number that planes hold at one place. */
export const planesValue = (planes: readonly Float64Array[], at: number): bigint =>
	planes.reduceRight((sum, plane) => (sum << BigInt(PLANE_BITS)) + BigInt(plane[at] as number), 0n);
