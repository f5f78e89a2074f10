/** The digest that key sums are bound to; docs/PROTOCOL.md section 5. */
import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";

const PARAMETERS = [{ type: "uint256" }, { type: "address[]" }, { type: "bytes32[]" }] as const;

/** keccak256(abi.encode(roundId, hospitals, bundleDigests)), both lists in the order of acceptance, as RoundManager.freeze computes it. */
export const frozenSetDigest = (roundId: bigint, hospitals: readonly Address[], bundleDigests: readonly Hex[]): Hex =>
	keccak256(encodeAbiParameters(PARAMETERS, [roundId, hospitals, bundleDigests]));
