/** The fixed-point forward pass; docs/PROTOCOL.md section 6. */
import {
	computeWeight,
	LOGIT_SCALE_BITS,
	PRE_ACTIVATION_LIMIT,
	PROBABILITY_ONE,
	sigmoid,
	truncRelu,
} from "../../protocol/fixedPoint.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import { type Architecture, type TrainedStudy, trainedArchitecture } from "./architecture.ts";

const { inputOffset, inputScaleBits, activationScaleBits } = fixedPoint;

/** Weights of scale 2^16 as the compute weights of scale 2^8, in the same order. */
export const computeWeightsOf = (weights: readonly number[]): Float64Array =>
	Float64Array.from(weights, (weight) => computeWeight(weight));

export type SampleForward = {
	/** Integer of scale 2^16. */
	readonly logit: number;
	/** Whether every pre-activation is in [-16, 16), which training requires. */
	readonly inRange: boolean;
};

/**
 * One sample, into two buffers of `activations` elements ([outHeight][outWidth][filters]).
 * @param inputs u8 in order [height][width][channels]
 * @param activation receives the outputs of the ReLU, scale 2^8
 * @param active receives 1 where the pre-activation is >= 0, else 0
 */
export const forwardSample = (
	architecture: Architecture,
	compute: Float64Array,
	inputs: Uint8Array,
	{ activation, active }: { readonly activation: Float64Array; readonly active: Uint8Array },
): SampleForward => {
	const { positions, taps, activations, biasAt, denseAt, denseBiasAt, inputAt } = architecture;
	const filters = activations / positions;
	let logit = (compute[denseBiasAt] as number) * 2 ** activationScaleBits;
	let inRange = true;
	for (let position = 0; position < positions; position++) {
		for (let filter = 0; filter < filters; filter++) {
			let z = (compute[biasAt + filter] as number) * 2 ** inputScaleBits;
			for (let tap = 0; tap < taps; tap++) {
				const x = (inputs[inputAt[position * taps + tap] as number] as number) - inputOffset;
				z += x * (compute[tap * filters + filter] as number);
			}
			if (z < -PRE_ACTIVATION_LIMIT || z >= PRE_ACTIVATION_LIMIT) inRange = false;
			const index = position * filters + filter;
			const value = truncRelu(z);
			activation[index] = value;
			active[index] = z >= 0 ? 1 : 0;
			logit += value * (compute[denseAt + index] as number);
		}
	}
	return { logit, inRange };
};

/**
 * Prediction for one sample. Unlike training it has no range to leave.
 * @param weights integers of scale 2^16 in TensorFlow.js order
 * @param inputs u8 in order [height][width][channels]
 * @returns the logit and the probability of label 1 as real numbers
 */
export const forward = (
	study: TrainedStudy,
	weights: readonly number[],
	inputs: Uint8Array,
): { readonly logit: number; readonly probability: number } => {
	const architecture = trainedArchitecture(study);
	const { weightCount, inputCount, activations } = architecture;
	if (weights.length !== weightCount || inputs.length !== inputCount) {
		throw new RangeError(`the study has ${weightCount} weights and ${inputCount} inputs`);
	}
	const buffers = { activation: new Float64Array(activations), active: new Uint8Array(activations) };
	const { logit } = forwardSample(architecture, computeWeightsOf(weights), inputs, buffers);
	return { logit: logit / 2 ** LOGIT_SCALE_BITS, probability: sigmoid(logit) / PROBABILITY_ONE };
};
