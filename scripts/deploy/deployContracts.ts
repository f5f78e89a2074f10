/** Deploys through Hardhat Ignition, whose journal lets an interrupted deployment go on and a repeated one find its contracts. */
import "@nomicfoundation/hardhat-toolbox-viem";
import type { NetworkConnection } from "hardhat/types/network";
import type { Address } from "viem";
import type { Deployment } from "../../worker/core/ledger/events.ts";
import { decentraHealthModule, studyVerifiersModule } from "../ignition/DecentraHealth.ts";
import { deploymentIdOf } from "./deploymentId.ts";

/** What Ignition's results have in common, however much the artifacts say about them. */
type Deployed<Name extends string> = Readonly<Record<Name, { readonly address: Address }>>;

/** Deploys the three contracts, linked to each other, with the connection's first account as their owner. */
export const deployContracts = async (connection: NetworkConnection): Promise<Deployment> => {
	const deploymentId = await deploymentIdOf(await connection.viem.getPublicClient());
	const deployed: Deployed<keyof Deployment> = await connection.ignition.deploy(decentraHealthModule, { deploymentId });
	const { modelRegistry, hospitalRegistry, roundManager } = deployed;
	return {
		modelRegistry: modelRegistry.address,
		hospitalRegistry: hospitalRegistry.address,
		roundManager: roundManager.address,
	};
};

export type StudyVerifiers = { readonly updateVerifier: Address; readonly keySumVerifier: Address };

/**
 * Deploys the generated verifiers of a study's circuits.
 * @throws a revert Verifier__DevelopmentKeys when their keys are development keys and the chain is not a development chain
 */
export const deployStudyVerifiers = async (connection: NetworkConnection, study: string): Promise<StudyVerifiers> => {
	const deploymentId = await deploymentIdOf(await connection.viem.getPublicClient());
	const module = studyVerifiersModule(study);
	const deployed: Deployed<keyof StudyVerifiers> = await connection.ignition.deploy(module, { deploymentId });
	return { updateVerifier: deployed.updateVerifier.address, keySumVerifier: deployed.keySumVerifier.address };
};
