/** Packing of the one-time key and its Shamir shares; docs/PROTOCOL.md section 3, circuits/lib/shamir. */
import { Fr } from "../../protocol/field.ts";
import { packOffset } from "../../protocol/packing.ts";
import type { Profile } from "../../protocol/profiles.ts";

/** The key s (N coefficients) as K elements of 19 digits of 13 bits, so that the keys of 64 hospitals add up without a carry. */
export const packKey = (
	secret: readonly number[],
	{ secretBits, sharePackBits, sharePackCount }: Pick<Profile, "secretBits" | "sharePackBits" | "sharePackCount">,
): readonly bigint[] =>
	packOffset(secret, { bits: sharePackBits, offset: 2 ** (secretBits - 1), perElement: sharePackCount });

/**
 * Shares f_k(member) = secrets_k + sum_d coefficients_(k,d) member^d, d = 1..t-1, in [0, r).
 * @param coefficients K rows of t - 1 elements, uniform in [0, r)
 * @param member 1..n
 */
export const memberShares = (
	secrets: readonly bigint[],
	coefficients: readonly (readonly bigint[])[],
	member: number,
): readonly bigint[] =>
	secrets.map((secret, k) => {
		const point = BigInt(member);
		const higher = coefficients[k] as readonly bigint[];
		return Fr.add(
			secret,
			Fr.mul(
				point,
				higher.reduceRight((value, coefficient) => Fr.create(value * point + coefficient), 0n),
			),
		);
	});
