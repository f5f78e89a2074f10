/** The sum of ciphertexts and its decryption in plain modular arithmetic; docs/PROTOCOL.md section 5.5. SEAL's form is worker/adapters/ckks.ts. */
import type { Profile } from "../../protocol/profiles.ts";
import { negacyclicProduct, nttPlan } from "../ring/ntt.ts";

/**
 * V = sum_i c_i + a * S mod (q, X^N + 1), centred: each coefficient in (-q/2, q/2).
 * ciphertexts: one or more c_i of N coefficients in [0, q); publicPolynomial: a, N coefficients in [0, q);
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

/** Sum of polynomials mod q, coefficient by coefficient. */
export const sumCiphertexts = (
	ciphertexts: readonly (readonly bigint[])[],
	{ modulus, ringDegree }: Profile,
): bigint[] => {
	const sum = Array.from({ length: ringDegree }, () => 0n);
	for (const ciphertext of ciphertexts) {
		if (ciphertext.length !== ringDegree) throw new RangeError("a ciphertext has not N coefficients");
		ciphertext.forEach((coefficient, index) => {
			sum[index] = (sum[index] as bigint) + coefficient;
		});
	}
	return sum.map((value) => value % modulus);
};

/** Needs no library beyond the language: what an audit in a browser uses. About 5 ms at N = 2048. */
export const plainSumAndDecrypt =
	(profile: Profile): SumAndDecrypt =>
	(ciphertexts, publicPolynomial, secretSum) => {
		const { modulus, ringDegree } = profile;
		const sum = sumCiphertexts(ciphertexts, profile);
		const key = secretSum.map((value) => reduce(BigInt(value), modulus));
		const product = negacyclicProduct(publicPolynomial, key, nttPlan(ringDegree, modulus));
		return product.map((value, index) => centre((value + (sum[index] as bigint)) % modulus, modulus));
	};
