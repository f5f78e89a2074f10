/** Prediction by the fixed-point model, the same on every machine. */
import type { TrainedStudy } from "./architecture.ts";
import { forward } from "./forward.ts";

/**
 * @param weights integers of scale 2^16 in TensorFlow.js order
 * @param inputs u8 in order [height][width][channels]
 * @returns the probability of label 1, in [0, 1]
 */
export const predict = (study: TrainedStudy, weights: readonly number[], inputs: Uint8Array): number =>
	forward(study, weights, inputs).probability;
