/** One step of plain SGD on one batch, bit for bit what circuits/training/TrainStep.circom proves; docs/PROTOCOL.md section 6. */
import {
	CONVOLUTION_GRADIENT_BITS,
	DENSE_GRADIENT_BITS,
	LEARNING_RATE_LIMIT,
	roundShift,
	scaledLossGradient,
	trainingOverflow,
	WEIGHT_LIMIT,
} from "../../protocol/fixedPoint.ts";
import type { Sample } from "../../protocol/merkle.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import { type Architecture, type TrainedStudy, trainedArchitecture } from "./architecture.ts";
import { computeWeightsOf, forwardSample } from "./forward.ts";

const { inputOffset, inputScaleBits, activationScaleBits } = fixedPoint;

/** Gradients of the whole batch's loss, times the learning rate, not yet scaled down; in weight order. */
const batchGradient = (
	architecture: Architecture,
	weights: readonly number[],
	batch: readonly Sample[],
	learningRate: number,
): Float64Array => {
	const { positions, taps, activations, weightCount, biasAt, denseAt, denseBiasAt, inputAt } = architecture;
	const filters = activations / positions;
	const compute = computeWeightsOf(weights);
	const gradient = new Float64Array(weightCount);
	const activation = new Float64Array(activations);
	const active = new Uint8Array(activations);
	for (const { inputs, label } of batch) {
		const { logit, inRange } = forwardSample(architecture, compute, inputs, { activation, active });
		if (!inRange) throw trainingOverflow("pre-activation");
		const loss = scaledLossGradient(logit, label, learningRate);
		gradient[denseBiasAt] = (gradient[denseBiasAt] as number) + loss * 2 ** activationScaleBits;
		for (let position = 0; position < positions; position++) {
			for (let filter = 0; filter < filters; filter++) {
				const index = position * filters + filter;
				const dense = denseAt + index;
				gradient[dense] = (gradient[dense] as number) + loss * (activation[index] as number);
				if (active[index] === 0) continue;
				const dz = loss * (compute[dense] as number);
				gradient[biasAt + filter] = (gradient[biasAt + filter] as number) + dz * 2 ** inputScaleBits;
				for (let tap = 0; tap < taps; tap++) {
					const x = (inputs[inputAt[position * taps + tap] as number] as number) - inputOffset;
					const kernel = tap * filters + filter;
					gradient[kernel] = (gradient[kernel] as number) + dz * x;
				}
			}
		}
	}
	return gradient;
};

/**
 * @param weights integers in [-2^19, 2^19), scale 2^16
 * @param batch exactly `batchSize` samples
 * @param learningRate integer in [1, 2^12), scale 2^10
 * @returns the weights after one step: each minus the batch mean of its gradient, nearest, halves up
 * @throws DecentraHealthError TRAINING_OVERFLOW when a pre-activation or a new weight leaves its range; RangeError for wrong sizes
 */
export const trainStep = (
	study: TrainedStudy,
	weights: readonly number[],
	batch: readonly Sample[],
	learningRate: number,
): readonly number[] => {
	const architecture = trainedArchitecture(study);
	const { weightCount, inputCount, denseAt, batchBits } = architecture;
	if (weights.length !== weightCount) throw new RangeError(`the study has ${weightCount} weights`);
	if (batch.length !== study.batchSize || batch.some(({ inputs }) => inputs.length !== inputCount)) {
		throw new RangeError(`a batch has ${study.batchSize} samples of ${inputCount} inputs`);
	}
	if (!Number.isInteger(learningRate) || learningRate < 1 || learningRate >= LEARNING_RATE_LIMIT) {
		throw new RangeError(`the learning rate is an integer in [1, ${LEARNING_RATE_LIMIT}), scale 2^10`);
	}
	const gradient = batchGradient(architecture, weights, batch, learningRate);
	return weights.map((weight, index) => {
		const bits = (index < denseAt ? CONVOLUTION_GRADIENT_BITS : DENSE_GRADIENT_BITS) + batchBits;
		const updated = weight + roundShift(-(gradient[index] as number), bits);
		if (updated < -WEIGHT_LIMIT || updated >= WEIGHT_LIMIT) throw trainingOverflow("weight");
		return updated;
	});
};
