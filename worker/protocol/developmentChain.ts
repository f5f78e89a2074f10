/** Chains on which proofs of development keys mean something: local nodes. The same ids as contracts/libraries/DevelopmentChain.sol. */
import { DecentraHealthError } from "./errors.ts";

const DEVELOPMENT_CHAINS: readonly number[] = [31337, 1337];

export const isDevelopmentChain = (chainId: number): boolean => DEVELOPMENT_CHAINS.includes(chainId);

/** Fewest updates whose sum hides a single one well enough to be opened, whatever a study says: docs/THREATS.md. */
export const leastUpdates = (chainId: number): number => (isDevelopmentChain(chainId) ? 1 : 3);

/** Least floors that a study may set on a hospital's data set there; the same as contracts/ModelRegistry.sol. */
export const leastDataset = (chainId: number): { readonly minSamples: number; readonly minBatches: number } =>
	isDevelopmentChain(chainId) ? { minSamples: 1, minBatches: 1 } : { minSamples: 32, minBatches: 4 };

/** @throws DecentraHealthError DEVELOPMENT_KEYS when a circuit has a development key and the chain is no local development node's */
export const requireKeysForChain = (
	chainId: number,
	circuits: readonly { readonly name: string; readonly developmentOnly: boolean }[],
): void => {
	const development = circuits.find(({ developmentOnly }) => developmentOnly);
	if (development === undefined || isDevelopmentChain(chainId)) return;
	throw new DecentraHealthError("DEVELOPMENT_KEYS", {
		message: `the proving key of ${development.name} is a development key, and chain ${chainId} is not a development chain`,
		nextStep:
			"Make keys in a ceremony with several contributors, or use a local node: development keys let their maker forge proofs.",
	});
};
