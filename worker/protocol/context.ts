/** `context`: the public signal that binds every proof to one chain, contract, study, round, hospital, profile and chunk; docs/PROTOCOL.md section 1. */
import { type Address, encodeAbiParameters, hexToBigInt, keccak256 } from "viem";
import { toField } from "./field.ts";

export type ContextParts = {
	readonly chainId: number;
	readonly roundManager: Address;
	readonly studyId: bigint;
	readonly roundId: bigint;
	readonly hospital: Address;
	readonly profileId: number;
};

const PARAMETERS = [
	{ type: "uint256" },
	{ type: "address" },
	{ type: "uint256" },
	{ type: "uint256" },
	{ type: "address" },
	{ type: "uint256" },
	{ type: "uint256" },
] as const;

/** A model has one chunk of at most N weights. */
const CHUNK = 0n;

/** The context in [0, r), as RoundManager.contextOf computes it. */
export const updateContext = ({ chainId, roundManager, studyId, roundId, hospital, profileId }: ContextParts): bigint =>
	toField(
		hexToBigInt(
			keccak256(
				encodeAbiParameters(PARAMETERS, [
					BigInt(chainId),
					roundManager,
					studyId,
					roundId,
					hospital,
					BigInt(profileId),
					CHUNK,
				]),
			),
		),
	);
