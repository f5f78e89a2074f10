/** A study's first global model: nobody's choice but the seed's, and another one in every deployment. */
import { keccak256, stringToBytes } from "viem";
import { contentDigest } from "../../protocol/contentDigest.ts";
import type { DeploymentId } from "../../protocol/deploymentId.ts";
import { networkOf } from "../../protocol/network.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { Study } from "../../protocol/study.ts";
import { encodeStudy } from "../codecs/study.ts";
import { createRandom } from "../dataset/random.ts";

/**
 * What the weights are drawn from. Chain, contract and name tell the study from every other one: a contract takes a name once. So no two
 * studies start from equal weights, and what two hospitals' sums share can't be subtracted.
 */
const sourceOf = (study: Study, { chainId, roundManager }: DeploymentId): string =>
	[
		"DecentraHealth/initial-weights/v2",
		chainId,
		roundManager.toLowerCase(),
		keccak256(stringToBytes(study.name)),
		contentDigest(encodeStudy(study)).hex,
		study.initialWeightsSeed,
	].join("|");

/**
 * He-uniform initial weights (He et al., ICCV 2015): uniform in +-sqrt(6 / fan-in), drawn from SHAKE256; biases 0.
 * Only operations that IEEE 754 rounds correctly, so every machine gets the same integers.
 * @returns integers of scale 2^16 in TensorFlow.js order
 */
export const initialWeights = (study: Study, deployment: DeploymentId): readonly number[] => {
	const random = createRandom(sourceOf(study, deployment));
	return networkOf(study).blocks.flatMap(({ taps, kernelCount, filters }) => {
		const limit = Math.sqrt(6 / taps) * 2 ** fixedPoint.weightScaleBits;
		// Adding 0 turns -0 into 0.
		const uniform = (): number => Math.round((random.below(2 ** 32) / 2 ** 31 - 1) * limit) + 0;
		return [...Array.from({ length: kernelCount }, uniform), ...Array.from({ length: filters }, () => 0)];
	});
};
