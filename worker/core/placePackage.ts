/** A study's package in the deployment that the study is created in: its initial model is another one in each. */
import type { DeploymentId } from "../protocol/deploymentId.ts";
import { type PlacedPackage, type StudyPackage, toBlock } from "./studyPackage.ts";
import { initialModel } from "./training/initialModel.ts";

export const placePackage = (made: StudyPackage, deployment: DeploymentId): PlacedPackage => {
	const { bytes, commitment, digest } = initialModel(made.study, deployment);
	return { ...made, blocks: [...made.blocks, toBlock(bytes)], weightCommitment: commitment, modelDigest: digest };
};
