/** Which deployment something belongs to: what tells one consortium's contracts from every other's. */
import { type Address, keccak256, stringToBytes } from "viem";

export type DeploymentId = { readonly chainId: number; readonly roundManager: Address };

/** No chain has this id (EIP-155 counts from 1). */
const NO_CHAIN = 0;

/**
 * A deployment that exists nowhere, for what is computed without one (simulations, benchmarks): chain 0, and as address the last 20 bytes of
 * keccak256("DecentraHealth/stand-in-deployment/" + label). Another label is another deployment.
 */
export const standInDeployment = (label: string): DeploymentId => {
	const hash = keccak256(stringToBytes(`DecentraHealth/stand-in-deployment/${label}`));
	return { chainId: NO_CHAIN, roundManager: `0x${hash.slice(-40)}` };
};
