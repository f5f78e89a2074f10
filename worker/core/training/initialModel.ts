/** A study's initial model as it is registered, and whether a registered one is it. */
import type { Hex } from "viem";
import { contentDigest } from "../../protocol/contentDigest.ts";
import type { DeploymentId } from "../../protocol/deploymentId.ts";
import { commitWeights } from "../../protocol/packing.ts";
import type { Study } from "../../protocol/study.ts";
import { encodeModel } from "../codecs/model.ts";
import { initialWeights } from "./initialWeights.ts";

export type InitialModel = {
	readonly weights: readonly number[];
	/** Its object on IPFS. */
	readonly bytes: Uint8Array;
	readonly digest: Hex;
	/** With salt 0. */
	readonly commitment: bigint;
};

export const initialModel = (study: Study, deployment: DeploymentId): InitialModel => {
	const weights = initialWeights(study, deployment);
	const bytes = encodeModel(weights);
	return { weights, bytes, digest: contentDigest(bytes).hex, commitment: commitWeights(weights, 0n) };
};

/** What of the registered model is not the study's initial model; undefined when it is that. */
export const initialModelProblem = (
	study: Study,
	deployment: DeploymentId,
	registered: { readonly commitment: bigint; readonly digest: Hex },
): string | undefined => {
	const { commitment, digest } = initialModel(study, deployment);
	if (registered.commitment !== commitment) return `its commitment is ${registered.commitment}, not ${commitment}`;
	if (registered.digest.toLowerCase() !== digest) return `its digest is ${registered.digest}, not ${digest}`;
	return undefined;
};
