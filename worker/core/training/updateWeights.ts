/** From a batch's gradients to new weights; docs/PROTOCOL.md section 6. */
import {
	roundShift,
	roundShiftBig,
	trainingOverflow,
	VELOCITY_DROP_BITS,
	VELOCITY_LIMIT,
	velocityTermBits,
	WEIGHT_LIMIT,
} from "../../protocol/fixedPoint.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { TrainedArchitecture, WalkedBlock } from "./architecture.ts";
import { planesValue } from "./planes.ts";
import type { TrainingState } from "./trainStep.ts";
import type { GradientBuffers } from "./workspace.ts";

const { weightScaleBits, velocityScaleBits, momentumScaleBits } = fixedPoint;

/** Gradients in weight order: the kernel [taps][filters], then the biases. */
type Visit = (weight: number, planes: readonly Float64Array[], at: number, factor: number) => void;

const eachWeight = (block: WalkedBlock, { kernel, bias }: GradientBuffers, visit: Visit): void => {
	const { taps, filters, kernelAt, biasAt, area, inputScaleBits } = block;
	for (let tap = 0; tap < taps; tap++) {
		for (let filter = 0; filter < filters; filter++)
			visit(kernelAt + tap * filters + filter, kernel, filter * taps + tap, 1);
	}
	for (let filter = 0; filter < filters; filter++) visit(biasAt + filter, bias, filter, area * 2 ** inputScaleBits);
};

const moved = (weight: number, by: number): number => {
	const updated = weight + by;
	if (updated < -WEIGHT_LIMIT || updated >= WEIGHT_LIMIT) throw trainingOverflow("weight");
	return updated;
};

const descend = (
	{ planes, batchBits, walked }: TrainedArchitecture,
	gradients: readonly GradientBuffers[],
	weights: readonly number[],
): readonly number[] => {
	const updated = weights.slice();
	for (const [index, block] of walked.entries()) {
		const bits = block.gradientScaleBits + block.inputScaleBits + batchBits - weightScaleBits;
		const wide = planes[index]?.wide === true;
		eachWeight(block, gradients[index] as GradientBuffers, (weight, sums, at, factor) => {
			const by = wide
				? Number(roundShiftBig(-planesValue(sums, at) * BigInt(factor), bits))
				: roundShift(-(sums[0]?.[at] as number) * factor, bits);
			updated[weight] = moved(updated[weight] as number, by);
		});
	}
	return updated;
};

const descendWithMomentum = (
	{ planes, batchBits, walked }: TrainedArchitecture,
	gradients: readonly GradientBuffers[],
	{ weights, velocity }: { readonly weights: readonly number[]; readonly velocity: readonly number[] },
	momentum: number,
): TrainingState => {
	const updated = weights.slice();
	const velocityOut = velocity.slice();
	for (const [index, block] of walked.entries()) {
		const meanBits = block.gradientScaleBits + block.inputScaleBits + batchBits;
		const termBits = velocityTermBits(meanBits);
		const raise = termBits - meanBits;
		const keep = termBits - velocityScaleBits - momentumScaleBits;
		const drop = termBits - velocityScaleBits;
		const wide = planes[index]?.wide === true;
		eachWeight(block, gradients[index] as GradientBuffers, (weight, sums, at, factor) => {
			const kept = momentum * (velocityOut[weight] as number);
			const v = wide
				? Number(
						roundShiftBig(
							(BigInt(kept) << BigInt(keep)) + ((planesValue(sums, at) * BigInt(factor)) << BigInt(raise)),
							drop,
						),
					)
				: roundShift(kept * 2 ** keep + (sums[0]?.[at] as number) * factor * 2 ** raise, drop);
			if (v < -VELOCITY_LIMIT || v >= VELOCITY_LIMIT) throw trainingOverflow("velocity");
			velocityOut[weight] = v;
			updated[weight] = moved(updated[weight] as number, roundShift(-v, VELOCITY_DROP_BITS));
		});
	}
	return { weights: updated, velocity: velocityOut };
};

/**
 * @param gradients of the batch's sum of losses, times the learning rate
 * @param momentum integer, scale 2^8; 0 for plain SGD
 * @throws DecentraHealthError TRAINING_OVERFLOW
 */
export const updateWeights = (
	architecture: TrainedArchitecture,
	gradients: readonly GradientBuffers[],
	{ weights, velocity }: TrainingState,
	momentum: number,
): TrainingState =>
	velocity === undefined
		? { weights: descend(architecture, gradients, weights) }
		: descendWithMomentum(architecture, gradients, { weights, velocity }, momentum);
