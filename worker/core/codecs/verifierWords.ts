/** A verification key's points as the generated verifiers hold them: words of 32 bytes, hexadecimal without 0x, in the contracts' order. */
import { BASE_FIELD_ORDER } from "../../protocol/proof.ts";
import type { VerificationKey } from "./verificationKey.ts";

type G1Point = VerificationKey["vk_alpha_1"];
type G2Point = VerificationKey["vk_beta_2"];

const word = (coordinate: bigint | string): string => BigInt(coordinate).toString(16).padStart(64, "0");

export const g1Words = ([x, y]: G1Point): readonly string[] => [word(x), word(y)];

/** The negated point as EIP-197 takes it: imaginary parts first. No point of a key is at infinity, so its y is not 0 as a whole. */
export const minusG2Words = ([[x0, x1], [y0, y1]]: G2Point): readonly string[] => {
	const minus = (coordinate: string): bigint => (BASE_FIELD_ORDER - BigInt(coordinate)) % BASE_FIELD_ORDER;
	return [word(x1), word(x0), word(minus(y1)), word(minus(y0))];
};
