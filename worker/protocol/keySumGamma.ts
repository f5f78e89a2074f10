/** The point at which a posted key sum is compared with the shares that it sums up; docs/PROTOCOL.md section 3.1. */
import { type Address, encodeAbiParameters, type Hex, hexToBigInt, keccak256 } from "viem";
import { toField } from "./field.ts";

export type KeySumGammaParts = {
	readonly chainId: number;
	readonly roundManager: Address;
	readonly roundId: bigint;
	/** The set whose keys are summed, as RoundManager froze it. */
	readonly frozenSetDigest: Hex;
	/** In the committee's order, 1..n. */
	readonly memberIndex: number;
	/** T: the K posted values. */
	readonly values: readonly bigint[];
};

const PARAMETERS = [
	{ type: "uint256" },
	{ type: "address" },
	{ type: "uint256" },
	{ type: "bytes32" },
	{ type: "uint256" },
	{ type: "uint256[]" },
] as const;

/** gamma in [0, r), as RoundManager.postKeySum computes it from the posted vector. */
export const keySumGamma = (parts: KeySumGammaParts): bigint =>
	toField(
		hexToBigInt(
			keccak256(
				encodeAbiParameters(PARAMETERS, [
					BigInt(parts.chainId),
					parts.roundManager,
					parts.roundId,
					parts.frozenSetDigest,
					BigInt(parts.memberIndex),
					parts.values,
				]),
			),
		),
	);
