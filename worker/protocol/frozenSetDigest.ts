/** The digest that key sums are bound to; docs/PROTOCOL.md section 5. */
import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";

const PARAMETERS = [{ type: "uint256" }, { type: "address[]" }, { type: "bytes32[]" }, { type: "uint256[]" }] as const;

/**
 * keccak256(abi.encode(roundId, hospitals, bundleDigests, shareDigests)), the lists in the order of acceptance, as RoundManager.freeze computes it.
 * The share digests are in it so that the point at which a key sum is compared depends on the shares that it sums up, whatever the bundles hold.
 */
export const frozenSetDigest = (
	roundId: bigint,
	hospitals: readonly Address[],
	bundleDigests: readonly Hex[],
	shareDigests: readonly bigint[],
): Hex => keccak256(encodeAbiParameters(PARAMETERS, [roundId, hospitals, bundleDigests, shareDigests]));
