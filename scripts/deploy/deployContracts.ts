/** Deploys through Hardhat Ignition, whose journal lets an interrupted deployment go on and a repeated one find its contracts. */
import "@nomicfoundation/hardhat-toolbox-viem";
import type { NetworkConnection } from "hardhat/types/network";
import type { Address } from "viem";
import type { Deployment } from "../../worker/core/ledger/events.ts";
import { decentraHealthModule, studyVerifiersModule } from "../ignition/DecentraHealth.ts";

const DEVELOPMENT_CHAINS: readonly number[] = [31337, 1337];

/** A development chain's id says nothing: each run of a node is another chain, told apart by its first block. */
const deploymentIdOf = async (connection: NetworkConnection): Promise<string> => {
	const client = await connection.viem.getPublicClient();
	const chainId = await client.getChainId();
	if (!DEVELOPMENT_CHAINS.includes(chainId)) return `chain-${chainId}`;
	const { hash } = await client.getBlock({ blockNumber: 0n });
	return `chain-${chainId}-${hash.slice(2, 18)}`;
};

/** What Ignition's results have in common, however much the artifacts say about them. */
type Deployed<Name extends string> = Readonly<Record<Name, { readonly address: Address }>>;

/** Deploys the three contracts, linked to each other, with the connection's first account as their owner. */
export const deployContracts = async (connection: NetworkConnection): Promise<Deployment> => {
	const deploymentId = await deploymentIdOf(connection);
	const deployed: Deployed<keyof Deployment> = await connection.ignition.deploy(decentraHealthModule, { deploymentId });
	const { modelRegistry, hospitalRegistry, roundManager } = deployed;
	return {
		modelRegistry: modelRegistry.address,
		hospitalRegistry: hospitalRegistry.address,
		roundManager: roundManager.address,
	};
};

export type StudyVerifiers = { readonly trainVerifier: Address; readonly encryptVerifier: Address };

/**
 * Deploys the generated verifiers of a study's circuits.
 * @throws a revert Verifier__DevelopmentKeys when their keys are development keys and the chain is not a development chain
 */
export const deployStudyVerifiers = async (connection: NetworkConnection, study: string): Promise<StudyVerifiers> => {
	const deploymentId = await deploymentIdOf(connection);
	const module = studyVerifiersModule(study);
	const deployed: Deployed<keyof StudyVerifiers> = await connection.ignition.deploy(module, { deploymentId });
	return { trainVerifier: deployed.trainVerifier.address, encryptVerifier: deployed.encryptVerifier.address };
};
