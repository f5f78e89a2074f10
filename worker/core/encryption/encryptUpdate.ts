/** A hospital's encryption of its weights and dealing of the key; docs/PROTOCOL.md section 3. */
import { BASE_POINT, type CurvePoint, isInPrimeSubgroup, multiplyPoint } from "../../protocol/babyJubJub.ts";
import { Fr } from "../../protocol/field.ts";
import { floorDivide } from "../../protocol/integers.ts";
import { fixedPoint, type Profile } from "../../protocol/profiles.ts";
import { integerNegacyclicProduct } from "../ring/product.ts";
import { centredPublicPolynomial } from "../ring/publicPolynomial.ts";
import { EPHEMERAL_BITS, ephemeralScalar, sharePads } from "./pads.ts";
import { type Randomness, sampleBits, sampleCentredBinomial, sampleFieldElement } from "./sampling.ts";
import { shareCommitment } from "./shareCommitments.ts";
import { memberShares, packKey } from "./shares.ts";

export type EncryptUpdate = {
	readonly profile: Profile;
	/** Signed 20-bit integers, at most N. */
	readonly weights: readonly number[];
	/** The hospital's registered sample count, 1..maxSampleSum. */
	readonly sampleCount: number;
	/** The members' share keys in committee order, each of prime order. */
	readonly committeeKeys: readonly CurvePoint[];
	/** t: key sums that open the sum, 2..n. */
	readonly threshold: number;
	readonly context: bigint;
	readonly randomness: Randomness;
};

/** What everybody may see: the contents of the update bundle. */
export type PublicUpdate = {
	/** c: its first W coefficients, in [0, q). The others would carry no weight. */
	readonly ciphertext: readonly bigint[];
	/** n x K encrypted shares in [0, r). */
	readonly encryptedShares: readonly (readonly bigint[])[];
	/** R = kappa * B. */
	readonly ephemeralKey: CurvePoint;
	/** m_1 .. m_n in [0, r). */
	readonly shareCommitments: readonly bigint[];
};

/** What only the hospital knows, and needs for the proof. Never stored or logged: it opens the update. */
export type EncryptionSecrets = {
	/** s: N integers in [-64, 63]. */
	readonly secret: readonly number[];
	/** e: W integers in [-64, 63]. */
	readonly error: readonly number[];
	/** r: W integers in [-1024, 1023], the multiples of q that bring c into [0, q). */
	readonly quotient: readonly number[];
	/** A: K rows of t - 1 elements. */
	readonly shareCoefficients: readonly (readonly bigint[])[];
	readonly rho: bigint;
};

const requireUsable = ({ profile, weights, sampleCount, committeeKeys, threshold }: EncryptUpdate): void => {
	const limit = 2 ** (fixedPoint.weightBits - 1);
	if (weights.length === 0 || weights.length > profile.ringDegree) {
		throw new RangeError(`1 to ${profile.ringDegree} weights, not ${weights.length}`);
	}
	if (weights.some((weight) => !Number.isInteger(weight) || weight < -limit || weight >= limit)) {
		throw new RangeError(`a weight does not fit ${fixedPoint.weightBits} bits`);
	}
	if (!Number.isInteger(sampleCount) || sampleCount < 1 || sampleCount > profile.maxSampleSum) {
		throw new RangeError(`sample count ${sampleCount} is not in 1..${profile.maxSampleSum}`);
	}
	if (threshold < 2 || threshold > committeeKeys.length) {
		throw new RangeError(`threshold ${threshold} is not in 2..${committeeKeys.length}`);
	}
	const bad = committeeKeys.findIndex((key) => !isInPrimeSubgroup(key));
	if (bad >= 0) throw new RangeError(`the key of member ${bad + 1} is not in BabyJubJub's prime subgroup`);
};

/**
 * Encrypts the weights under a fresh one-time key and deals the key to the committee. About 0.3 s at N = 2048 with 3 members.
 * @returns the bundle's contents, and the secrets for encryptionCircuitInput
 * @throws RangeError when an input is out of range
 */
export const encryptUpdate = (
	input: EncryptUpdate,
): { readonly public: PublicUpdate; readonly secrets: EncryptionSecrets } => {
	requireUsable(input);
	const { profile, weights, sampleCount, committeeKeys, threshold, context, randomness } = input;
	const { ringDegree, modulus, deltaBits, centredBinomialEta: eta, keyElements } = profile;

	const secret = sampleCentredBinomial(randomness, { eta, bits: profile.secretBits, count: ringDegree });
	const error = sampleCentredBinomial(randomness, { eta, bits: profile.errorBits, count: weights.length });
	const product = integerNegacyclicProduct(centredPublicPolynomial(profile), secret);
	const scale = BigInt(sampleCount) << BigInt(deltaBits);
	const unreduced = weights.map(
		(weight, index) => BigInt(error[index] as number) + scale * BigInt(weight) - (product[index] as bigint),
	);
	// 11 bits are 12 standard deviations of a * s / q: out of reach for any honest key.
	const quotients = unreduced.map((value) => floorDivide(value, modulus));
	const ciphertext = unreduced.map((value, index) => value - modulus * (quotients[index] as bigint));

	const shareCoefficients = Array.from({ length: keyElements }, () =>
		Array.from({ length: threshold - 1 }, () => sampleFieldElement(randomness)),
	);
	const rho = sampleBits(randomness, EPHEMERAL_BITS);
	const scalar = ephemeralScalar(rho);
	const packed = packKey(secret, profile);
	const dealt = committeeKeys.map((point, index) => {
		const member = index + 1;
		const { pads, blind } = sharePads({ scalar, point, member, context, count: keyElements });
		const shares = memberShares(packed, shareCoefficients, member);
		return {
			encrypted: shares.map((share, k) => Fr.add(share, pads[k] as bigint)),
			commitment: shareCommitment(shares, blind),
		};
	});
	return {
		public: {
			ciphertext,
			encryptedShares: dealt.map(({ encrypted }) => encrypted),
			ephemeralKey: multiplyPoint(BASE_POINT, scalar),
			shareCommitments: dealt.map(({ commitment }) => commitment),
		},
		secrets: { secret, error, quotient: quotients.map(Number), shareCoefficients, rho },
	};
};
