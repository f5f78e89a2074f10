/** A study's first global model. */

import { networkOf } from "../../protocol/network.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import { createRandom } from "../dataset/random.ts";

/**
 * He-uniform initial weights (He et al., ICCV 2015): uniform in +-sqrt(6 / fan-in), drawn from SHAKE256 of the seed; biases 0.
 * Only operations that IEEE 754 rounds correctly, so every machine gets the same integers.
 * @returns integers of scale 2^16 in TensorFlow.js order
 */
export const initialWeights = (study: Pick<Study, "input" | "layers">, seed: string): readonly number[] => {
	const random = createRandom(`DecentraHealth/initial-weights/v1/${seed}`);
	return networkOf(study).blocks.flatMap(({ taps, kernelCount, filters }) => {
		const limit = Math.sqrt(6 / taps) * 2 ** fixedPoint.weightScaleBits;
		// Adding 0 turns -0 into 0.
		const uniform = (): number => Math.round((random.below(2 ** 32) / 2 ** 31 - 1) * limit) + 0;
		return [...Array.from({ length: kernelCount }, uniform), ...Array.from({ length: filters }, () => 0)];
	});
};
