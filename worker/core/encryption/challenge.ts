/** gamma, the point at which bundle and proof are compared; docs/PROTOCOL.md section 3. */
import { packOffset } from "../../protocol/packing.ts";
import { spongeHash } from "../../protocol/poseidon.ts";
import { fixedPoint, type Profile } from "../../protocol/profiles.ts";
import type { EncryptionSecrets } from "./encryptUpdate.ts";

/** The encryption proof's public inputs but the base model's commitment, on which nothing depends that is compared at gamma. */
export type EncryptionStatement = {
	readonly context: bigint;
	/** SHA-256 of the bundle, mod r. */
	readonly bundleDigest: bigint;
	readonly sampleCount: number;
	readonly weightsCommitment: bigint;
	readonly committeeKeysDigest: bigint;
};

const pack = (values: readonly number[], bits: number): readonly bigint[] =>
	packOffset(values, { bits, offset: 2 ** (bits - 1), perElement: Math.floor(fixedPoint.bitsPerElement / bits) });

/** gamma = S(challenge, statement ++ pack(s) ++ pack(e) ++ pack(r) ++ A ++ [rho]): everything the prover could still choose. */
export const encryptionChallenge = (
	{ context, bundleDigest, sampleCount, weightsCommitment, committeeKeysDigest }: EncryptionStatement,
	{ secret, error, quotient, shareCoefficients, rho }: EncryptionSecrets,
	{ secretBits, errorBits, quotientBits }: Pick<Profile, "secretBits" | "errorBits" | "quotientBits">,
): bigint =>
	spongeHash("challenge", [
		context,
		bundleDigest,
		BigInt(sampleCount),
		weightsCommitment,
		committeeKeysDigest,
		...pack(secret, secretBits),
		...pack(error, errorBits),
		...pack(quotient, quotientBits),
		...shareCoefficients.flat(),
		rho,
	]);
