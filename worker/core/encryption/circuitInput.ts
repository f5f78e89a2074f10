/** The encryption proof's input; circuits/encryption/EncryptUpdate.circom. */
import type { CurvePoint } from "../../protocol/babyJubJub.ts";
import { committeeKeysDigest } from "../../protocol/committeeKeysDigest.ts";
import { commitWeights } from "../../protocol/packing.ts";
import type { EncryptionStatement } from "./challenge.ts";
import type { EncryptionSecrets } from "./encryptUpdate.ts";

export type EncryptionCircuitInput = {
	readonly context: bigint;
	/** SHA-256 of the encoded bundle, mod r. */
	readonly bundleDigest: bigint;
	readonly sampleCount: number;
	readonly weights: readonly number[];
	/** Salt of the weights' commitment, in [0, r). */
	readonly salt: bigint;
	/** The round's base model, whose commitment has the salt 0. */
	readonly baseWeights: readonly number[];
	/** Of the study: normBoundInteger. */
	readonly normBound: bigint;
	readonly committeeKeys: readonly CurvePoint[];
	readonly secrets: EncryptionSecrets;
};

/** The public inputs that the challenge covers; {@link encryptionCircuitInput} adds the base model's commitment. */
export const encryptionStatement = (
	input: Omit<EncryptionCircuitInput, "secrets" | "baseWeights" | "normBound">,
): EncryptionStatement => ({
	context: input.context,
	bundleDigest: input.bundleDigest,
	sampleCount: input.sampleCount,
	weightsCommitment: commitWeights(input.weights, input.salt),
	committeeKeysDigest: committeeKeysDigest(input.committeeKeys),
});

/** All input signals of EncryptUpdate by name. Secret: whoever has it can open the update. */
export const encryptionCircuitInput = (input: EncryptionCircuitInput) => {
	const { secret, error, quotient, shareCoefficients, rho } = input.secrets;
	const { sampleCount, ...digests } = encryptionStatement(input);
	return {
		...digests,
		sampleCount: BigInt(sampleCount),
		baseCommitment: commitWeights(input.baseWeights, 0n),
		w: input.weights.map(BigInt),
		salt: input.salt,
		s: secret.map(BigInt),
		e: error.map(BigInt),
		r: quotient.map(BigInt),
		shareCoefficients: shareCoefficients.map((row) => [...row]),
		rho,
		memberKeys: input.committeeKeys.map(({ x, y }) => [x, y]),
		// A circuit without a bound has no such signal.
		...(input.normBound === 0n ? {} : { baseWeights: input.baseWeights.map(BigInt) }),
	};
};
