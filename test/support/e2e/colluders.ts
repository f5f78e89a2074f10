/** What t members together can compute about one hospital, with their share keys: exactly what may be found nowhere. docs/PROTOCOL.md section 3. */
import { unpackKeySum } from "../../../worker/core/aggregation/unpackKeySum.ts";
import type { Bundle } from "../../../worker/core/codecs/bundle.ts";
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import { integerNegacyclicProduct } from "../../../worker/core/ring/product.ts";
import { centredPublicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";

export type OpenedUpdate = {
	/** s and e: N and W small integers. */
	readonly secret: readonly number[];
	readonly error: readonly number[];
	/** Slopes A of the sharing polynomials. */
	readonly shareCoefficients: readonly bigint[];
	readonly packedKey: readonly bigint[];
	/** f_k(j) and b_j of the two members. */
	readonly shares: readonly (readonly bigint[])[];
	readonly blinds: readonly bigint[];
	/** The hospital's trained weights. */
	readonly weights: readonly number[];
};

/**
 * Opens a single update with the keys of members 1 and 2 of a committee whose threshold is 2: a line through two points.
 * @throws DecentraHealthError DECRYPTION_INCONSISTENT when the keys are not theirs
 */
export const openUpdate = (
	{ ephemeralKey, encryptedShares, ciphertext, context }: Bundle,
	{ shareKeys, sampleCount, weightCount }: { shareKeys: readonly bigint[]; sampleCount: number; weightCount: number },
): OpenedUpdate => {
	const opened = [1, 2].map((member) =>
		openShares(shareKeys[member - 1] ?? 0n, member, ephemeralKey, encryptedShares[member - 1] ?? [], context),
	);
	const shares = opened.map((own) => own.shares);
	const [first = [], second = []] = shares;
	const shareCoefficients = second.map((value, k) => Fr.sub(value, first[k] ?? 0n));
	const packedKey = first.map((value, k) => Fr.sub(value, shareCoefficients[k] ?? 0n));
	const secret = unpackKeySum(packedKey, 1, profile);
	const product = integerNegacyclicProduct(centredPublicPolynomial(profile), secret);
	const { modulus: q } = profile;
	// Delta n w + e, centred.
	const noisy = ciphertext.map((value, index) => {
		const reduced = (((value + (product[index] ?? 0n)) % q) + q) % q;
		return reduced > q / 2n ? reduced - q : reduced;
	});
	const scale = BigInt(sampleCount) << BigInt(profile.deltaBits);
	const messages = noisy.map((value) => (value + scale / 2n - mod(value + scale / 2n, scale)) / scale);
	return {
		secret,
		error: noisy.map((value, index) => Number(value - scale * (messages[index] ?? 0n))),
		shareCoefficients,
		packedKey,
		shares,
		blinds: opened.map(({ blind }) => blind),
		weights: messages.slice(0, weightCount).map(Number),
	};
};

const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;
