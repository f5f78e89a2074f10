/** The sum of ciphertexts and its decryption in plain modular arithmetic; docs/PROTOCOL.md section 5.5. SEAL's form is worker/adapters/ckks.ts. */
import type { Profile } from "../../protocol/profiles.ts";
import { negacyclicProduct, nttPlan } from "../ring/ntt.ts";

/**
 * The first W coefficients of V = sum_i c_i + a * S mod (q, X^N + 1), centred: each in (-q/2, q/2).
 * ciphertexts: one or more c_i, the first W of N coefficients each (1 <= W <= N), in [0, q); publicPolynomial: a, N coefficients in [0, q);
 * secretSum: S = sum_i s_i, N signed integers.
 */
export type SumAndDecrypt = (
	ciphertexts: readonly (readonly bigint[])[],
	publicPolynomial: readonly bigint[],
	secretSum: readonly number[],
) => readonly bigint[];

/** An integer in [0, q) as the representative nearest zero. */
export const centre = (value: bigint, modulus: bigint): bigint => (value > modulus / 2n ? value - modulus : value);

/** A signed integer as its representative in [0, q). */
export const reduce = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** @returns W, how many coefficients each of the ciphertexts has */
export const publishedCoefficients = (
	ciphertexts: readonly (readonly bigint[])[],
	{ ringDegree }: Pick<Profile, "ringDegree">,
): number => {
	const [first] = ciphertexts;
	if (first === undefined) throw new RangeError("no ciphertexts to add");
	if (first.length < 1 || first.length > ringDegree || ciphertexts.some(({ length }) => length !== first.length)) {
		throw new RangeError(`the ciphertexts have not all the same number of coefficients, 1 to ${ringDegree}`);
	}
	return first.length;
};

/** Sum of ciphertexts mod q, coefficient by coefficient. */
const sumCiphertexts = (ciphertexts: readonly (readonly bigint[])[], profile: Profile): readonly bigint[] =>
	Array.from(
		{ length: publishedCoefficients(ciphertexts, profile) },
		(_, index) => ciphertexts.reduce((sum, ciphertext) => sum + (ciphertext[index] as bigint), 0n) % profile.modulus,
	);

/** Needs no library beyond the language: what an audit in a browser uses. About 5 ms at N = 2048. */
export const plainSumAndDecrypt =
	(profile: Profile): SumAndDecrypt =>
	(ciphertexts, publicPolynomial, secretSum) => {
		const { modulus, ringDegree } = profile;
		const sum = sumCiphertexts(ciphertexts, profile);
		const key = secretSum.map((value) => reduce(BigInt(value), modulus));
		const product = negacyclicProduct(publicPolynomial, key, nttPlan(ringDegree, modulus));
		return sum.map((value, index) => centre((value + (product[index] as bigint)) % modulus, modulus));
	};
