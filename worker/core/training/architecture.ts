/** A study's architecture as the trainer walks it, checked to keep every sum exact in a JavaScript number. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { LEARNING_RATE_LIMIT, PRE_ACTIVATION_LIMIT, WEIGHT_LIMIT } from "../../protocol/fixedPoint.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import { architectureOf, type Study } from "../../protocol/study.ts";

/** The part of a study that arithmetic depends on. */
export type TrainedStudy = Pick<Study, "input" | "convolution" | "batchSize">;

export type Architecture = ReturnType<typeof architectureOf> & {
	readonly batchBits: number;
	/** Offsets in the weights: the kernel starts at 0. */
	readonly biasAt: number;
	readonly denseAt: number;
	readonly denseBiasAt: number;
	/** Index in a sample's inputs of tap t at position p: `inputAt[p * taps + t]`. */
	readonly inputAt: Int32Array;
};

const known = new WeakMap<TrainedStudy, Architecture>();

/**
 * @throws DecentraHealthError STUDY_INVALID when sums could pass 2^53
 */
export const trainedArchitecture = (study: TrainedStudy): Architecture => {
	const found = known.get(study);
	if (found !== undefined) return found;
	const sizes = architectureOf(study);
	const { input, convolution, batchSize } = study;
	const largestCompute = 2 ** (fixedPoint.weightBits - 1 - fixedPoint.weightScaleBits + fixedPoint.computeScaleBits);
	const largestGradient = LEARNING_RATE_LIMIT * 2 ** (fixedPoint.gradientScaleBits - fixedPoint.learningRateScaleBits);
	const largestActivation = 2 ** (fixedPoint.activationIntegerBits + fixedPoint.activationScaleBits);
	const sums = [
		largestGradient * largestCompute * fixedPoint.inputOffset * sizes.positions * batchSize,
		largestActivation * largestCompute * (sizes.activations + 2),
		PRE_ACTIVATION_LIMIT * 2 ** fixedPoint.inputBits * (sizes.taps + 1),
		WEIGHT_LIMIT * 2 ** 24,
	];
	if (Math.max(...sums) > 2 ** 52) {
		throw new DecentraHealthError("STUDY_INVALID", {
			message: `the architecture sums over ${sizes.positions} positions and ${batchSize} samples: more than the fixed-point trainer computes exactly`,
			nextStep: "Use a larger stride, a smaller input or smaller batches.",
		});
	}
	const inputAt = new Int32Array(sizes.positions * sizes.taps);
	let next = 0;
	for (let row = 0; row < sizes.outHeight; row++) {
		for (let column = 0; column < sizes.outWidth; column++) {
			for (let i = 0; i < convolution.kernelHeight; i++) {
				for (let k = 0; k < convolution.kernelWidth; k++) {
					for (let c = 0; c < input.channels; c++) {
						const at = (row * convolution.strideHeight + i) * input.width + column * convolution.strideWidth + k;
						inputAt[next++] = at * input.channels + c;
					}
				}
			}
		}
	}
	const made: Architecture = {
		...sizes,
		batchBits: Math.log2(batchSize),
		biasAt: sizes.kernelCount,
		denseAt: sizes.kernelCount + convolution.filters,
		denseBiasAt: sizes.weightCount - 1,
		inputAt,
	};
	known.set(study, made);
	return made;
};
