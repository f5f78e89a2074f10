/**
 * The fixed-point arithmetic of training, bit for bit that of circuits/lib/fixed; docs/PROTOCOL.md section 6 defines it.
 * Numbers are JavaScript integers: every intermediate value stays below 2^53 in magnitude (worker/core/training/architecture.ts checks the sums).
 */
import { DecentraHealthError } from "./errors.ts";
import { roundDivide } from "./integers.ts";
import { fixedPoint } from "./profiles.ts";

const {
	weightBits,
	weightScaleBits,
	inputScaleBits,
	computeScaleBits,
	activationIntegerBits,
	activationScaleBits,
	logitScaleBits,
	sigmoidScaleBits,
	gradientScaleBits,
	learningRateScaleBits,
	learningRateBits,
	momentumScaleBits,
	velocityBits,
	velocityScaleBits,
	sigmoidCoefficients,
	exponentialCoefficients,
} = fixedPoint;

/** Weights are integers in [-WEIGHT_LIMIT, WEIGHT_LIMIT), scale 2^16. */
export const WEIGHT_LIMIT = 2 ** (weightBits - 1);

/** Pre-activations that a ReLU sees are integers in [-limit, limit), the reals [-16, 16); the scale is the block's `preActivationScaleBits`. */
export const preActivationLimit = (scaleBits: number): number => 2 ** (activationIntegerBits + scaleBits);

/** Limit of the first block's pre-activations without pooling, scale 2^15. */
export const PRE_ACTIVATION_LIMIT = preActivationLimit(computeScaleBits + inputScaleBits);

/** Learning rates are integers in [1, LEARNING_RATE_LIMIT), scale 2^10. */
export const LEARNING_RATE_LIMIT = 2 ** learningRateBits;

/** Velocities are integers in [-VELOCITY_LIMIT, VELOCITY_LIMIT), scale 2^20. */
export const VELOCITY_LIMIT = 2 ** (velocityBits - 1);

/** Scale bits of a logit behind a ReLU without pooling after it: compute weight times activation. */
export const LOGIT_SCALE_BITS = computeScaleBits + activationScaleBits;

/** The nearest integer to value / 2^bits, halves up: floor((value + 2^(bits-1)) / 2^bits), bits >= 1. */
export const roundShift = (value: number, bits: number): number => Math.floor((value + 2 ** (bits - 1)) / 2 ** bits);

/** {@link roundShift} of any integer. */
export const roundShiftBig = (value: bigint, bits: number): bigint =>
	(value + (1n << BigInt(bits - 1))) >> BigInt(bits);

/** Weight at scale 2^8 in [-2^11, 2^11]: what forward and backward pass multiply with. */
export const computeWeight = (weight: number): number => roundShift(weight, weightScaleBits - computeScaleBits);

/** max(0, floor(z / 2^(scaleBits - 8))) for a pre-activation of scale 2^scaleBits: scale 2^8. */
export const truncRelu = (z: number, scaleBits = computeScaleBits + inputScaleBits): number =>
	z >= 0 ? Math.floor(z / 2 ** (scaleBits - activationScaleBits)) : 0;

/** The real 1 in a probability's scale. */
export const PROBABILITY_ONE = 2 ** sigmoidScaleBits;

const cubic = (coefficients: readonly number[], at: number): number => {
	const [constant, first, second, third] = coefficients as readonly [number, number, number, number];
	return constant + at * (first + at * (second + at * third));
};

/** A non-negative logit or difference of logits at scale 2^9: nearest, halves towards 0, since the circuit must not accept the wrong sign of half a unit. */
const clipped = (magnitude: number, scaleBits: number): number => roundShift(magnitude - 1, scaleBits - logitScaleBits);

/** The cubic of `rounded` (scale 2^9) in its table, or `beyond` from 16 on. */
const tabulated = (table: readonly (readonly number[])[], rounded: number, beyond: number): number => {
	const row = table[Math.floor(rounded / 2 ** logitScaleBits)];
	return row === undefined ? beyond : cubic(row, rounded % 2 ** logitScaleBits);
};

/**
 * 1 / (1 + exp(-logit)) at scale 2^40, within 2^-11 of it (2^-14 of the sigmoid of the rounded logit).
 * @param logit integer of scale 2^scaleBits, |logit| < 2^52
 */
export const sigmoid = (logit: number, scaleBits = LOGIT_SCALE_BITS): number => {
	const magnitude = tabulated(sigmoidCoefficients, clipped(Math.abs(logit), scaleBits), PROBABILITY_ONE);
	return logit < 0 ? PROBABILITY_ONE - magnitude : magnitude;
};

/**
 * exp(-difference) at scale 2^40, 0 from 16 on; exactly 2^40 at 0.
 * @param difference integer >= 0 of scale 2^scaleBits, below 2^52
 */
export const exponential = (difference: number, scaleBits = LOGIT_SCALE_BITS): number =>
	tabulated(exponentialCoefficients, clipped(difference, scaleBits), 0);

/**
 * Gradient of the binary cross-entropy by the logit, times the learning rate: round(learningRate * (sigmoid(logit) - label)), scale 2^16.
 * @param label 0 or 1
 * @param learningRate integer in [0, 2^12), scale 2^10
 */
export const scaledLossGradient = (
	logit: number,
	label: number,
	learningRate: number,
	scaleBits = LOGIT_SCALE_BITS,
): number =>
	roundShift(
		learningRate * (sigmoid(logit, scaleBits) - label * PROBABILITY_ONE),
		sigmoidScaleBits + learningRateScaleBits - gradientScaleBits,
	);

/**
 * Gradient of the softmax cross-entropy by one logit, times the learning rate:
 * floor((2^7 * learningRate * (e - y * sum) + sum) / (2 * sum)), the nearest integer at scale 2^16, halves up.
 * @param e the logit's exponential, scale 2^40
 * @param sum of all logits' exponentials, at least 2^40
 * @param y 1 for the sample's own class, else 0
 */
export const scaledSoftmaxGradient = (e: number, sum: number, y: number, learningRate: number): number => {
	const factor = BigInt(learningRate) << BigInt(gradientScaleBits - learningRateScaleBits);
	return Number(roundDivide(factor * BigInt(y === 1 ? e - sum : e), BigInt(sum)));
};

/** Bits that a velocity has more than a weight. */
export const VELOCITY_DROP_BITS = velocityScaleBits - weightScaleBits;

/** Scale bits of a velocity before it is rounded: the momentum's 2^8 times the velocity's 2^20, or more. */
export const velocityTermBits = (gradientBits: number): number =>
	Math.max(gradientBits, velocityScaleBits + momentumScaleBits);

const RANGES = { weight: "[-8, 8)", velocity: "[-8, 8)", "pre-activation": "[-16, 16)" } as const;

/** The error of a step that the circuit could not prove, because a value leaves its range. Names no value: they are secret. */
export const trainingOverflow = (what: keyof typeof RANGES): DecentraHealthError =>
	new DecentraHealthError("TRAINING_OVERFLOW", {
		message: `training left the fixed-point range: a ${what} is outside ${RANGES[what]}`,
		nextStep:
			"Lower the study's learning rate or momentum, or scale the inputs to a smaller range; this round cannot be proven from these data.",
	});
