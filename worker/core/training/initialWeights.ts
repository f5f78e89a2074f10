/** A study's first global model. */
import { fixedPoint } from "../../protocol/profiles.ts";
import { createRandom } from "../dataset/random.ts";
import { type TrainedStudy, trainedArchitecture } from "./architecture.ts";

/**
 * He-uniform initial weights (He et al., ICCV 2015): uniform in +-sqrt(6 / fan-in), drawn from SHAKE256 of the seed; biases 0.
 * Only operations that IEEE 754 rounds correctly, so every machine gets the same integers.
 * @returns integers of scale 2^16 in TensorFlow.js order
 */
export const initialWeights = (study: TrainedStudy, seed: string): readonly number[] => {
	const { weightCount, kernelCount, denseAt, denseBiasAt, taps, activations } = trainedArchitecture(study);
	const random = createRandom(`DecentraHealth/initial-weights/v1/${seed}`);
	const uniform = (fanIn: number): number => {
		const limit = Math.sqrt(6 / fanIn) * 2 ** fixedPoint.weightScaleBits;
		// Adding 0 turns -0 into 0.
		return Math.round((random.below(2 ** 32) / 2 ** 31 - 1) * limit) + 0;
	};
	return Array.from({ length: weightCount }, (_, index) => {
		if (index < kernelCount) return uniform(taps);
		return index >= denseAt && index < denseBiasAt ? uniform(activations) : 0;
	});
};
