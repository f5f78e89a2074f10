/**
 * The fixed-point arithmetic of training, bit for bit that of circuits/lib/fixed; docs/PROTOCOL.md section 6 defines it.
 * Numbers are JavaScript integers: every intermediate value stays below 2^53 in magnitude (worker/core/training/architecture.ts checks the sums).
 */
import { DecentraHealthError } from "./errors.ts";
import { fixedPoint } from "./profiles.ts";

const {
	weightBits,
	weightScaleBits,
	inputScaleBits,
	computeScaleBits,
	activationIntegerBits,
	activationScaleBits,
	logitIntegerBits,
	logitScaleBits,
	sigmoidScaleBits,
	gradientScaleBits,
	learningRateScaleBits,
	learningRateBits,
	sigmoidCoefficients,
} = fixedPoint;

/** Weights are integers in [-WEIGHT_LIMIT, WEIGHT_LIMIT), scale 2^16. */
export const WEIGHT_LIMIT = 2 ** (weightBits - 1);

/** Pre-activations are integers in [-PRE_ACTIVATION_LIMIT, PRE_ACTIVATION_LIMIT), scale 2^15: the reals [-16, 16). */
export const PRE_ACTIVATION_LIMIT = 2 ** (activationIntegerBits + computeScaleBits + inputScaleBits);

/** Learning rates are integers in [1, LEARNING_RATE_LIMIT), scale 2^10. */
export const LEARNING_RATE_LIMIT = 2 ** learningRateBits;

/** Bits that the ReLU drops: from scale 2^15 to 2^8. */
const ACTIVATION_DROP = 2 ** (computeScaleBits + inputScaleBits - activationScaleBits);

/** Scale bits of a logit: compute weight times activation. */
export const LOGIT_SCALE_BITS = computeScaleBits + activationScaleBits;

/** Fractional bits that the sum of a batch's kernel gradients has more than a weight, without the batch's own. */
export const CONVOLUTION_GRADIENT_BITS = gradientScaleBits + computeScaleBits + inputScaleBits - weightScaleBits;
export const DENSE_GRADIENT_BITS = gradientScaleBits + activationScaleBits - weightScaleBits;

/** The nearest integer to value / 2^bits, halves up: floor((value + 2^(bits-1)) / 2^bits), bits >= 1. */
export const roundShift = (value: number, bits: number): number => Math.floor((value + 2 ** (bits - 1)) / 2 ** bits);

/** Weight at scale 2^8 in [-2^11, 2^11]: what forward and backward pass multiply with. */
export const computeWeight = (weight: number): number => roundShift(weight, weightScaleBits - computeScaleBits);

/** max(0, floor(z / 2^7)) for a pre-activation of scale 2^15: scale 2^8. */
export const truncRelu = (z: number): number => (z >= 0 ? Math.floor(z / ACTIVATION_DROP) : 0);

/** The real 1 in a probability's scale. */
export const PROBABILITY_ONE = 2 ** sigmoidScaleBits;

/**
 * 1 / (1 + exp(-logit)) at scale 2^40, within 2^-11 of it (2^-14 of the sigmoid of the rounded logit).
 * @param logit integer of scale 2^16, |logit| < 2^52
 */
export const sigmoid = (logit: number): number => {
	// Halves towards 0: the circuit must not accept the wrong sign of half a unit.
	const rounded = roundShift(Math.abs(logit) - 1, LOGIT_SCALE_BITS - logitScaleBits);
	const interval = Math.floor(rounded / 2 ** logitScaleBits);
	const fraction = rounded % 2 ** logitScaleBits;
	let magnitude = PROBABILITY_ONE;
	if (interval < 2 ** logitIntegerBits) {
		const [constant, first, second, third] = sigmoidCoefficients[interval] as [number, number, number, number];
		magnitude = constant + fraction * (first + fraction * (second + fraction * third));
	}
	return logit < 0 ? PROBABILITY_ONE - magnitude : magnitude;
};

/**
 * Gradient of the binary cross-entropy by the logit, times the learning rate: round(learningRate * (sigmoid(logit) - label)), scale 2^16.
 * @param learningRate integer in [0, 2^12), scale 2^10
 */
export const scaledLossGradient = (logit: number, label: 0 | 1, learningRate: number): number =>
	roundShift(
		learningRate * (sigmoid(logit) - label * PROBABILITY_ONE),
		sigmoidScaleBits + learningRateScaleBits - gradientScaleBits,
	);

/** The error of a step that the circuit could not prove, because a value leaves its range. Names no value: they are secret. */
export const trainingOverflow = (what: "pre-activation" | "weight"): DecentraHealthError =>
	new DecentraHealthError("TRAINING_OVERFLOW", {
		message: `training left the fixed-point range: a ${what} is outside ${what === "weight" ? "[-8, 8)" : "[-16, 16)"}`,
		nextStep:
			"Lower the study's learning rate, or scale the inputs to a smaller range; this round cannot be proven from these data.",
	});
