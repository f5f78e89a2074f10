/** Bundles of arbitrary values, with the values that their polynomials take, for whoever challenges them. */
import { type Bundle, encodeBundle } from "../../../worker/core/codecs/bundle.ts";
import { evaluatePolynomial, FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { element } from "./provenRound.ts";
import { testShareKey } from "./shareKeys.ts";

export type BundleShape = { readonly members: number; readonly threshold: number; readonly weightCount: number };

const GAMMA = element("gamma of bundles");

/** Where the parts begin. */
export const bundleParts = ({ members, weightCount }: BundleShape) => {
	const commitments = 8 + 3 * 32;
	const coefficients = commitments + 32 * members;
	return { context: 8, ephemeralKey: 40, commitments, coefficients, shares: coefficients + 8 * weightCount };
};

/** Every part over its whole range; the first two coefficients are 0 and q - 1. */
export const arbitraryBundle = (context: bigint, shape: BundleShape) => {
	const mix = (index: number, modulus: bigint) =>
		(BigInt(index + 1) ** 9n * 0x9e37_79b9_7f4a_7c15_f39cn ** 6n) % modulus;
	const { members, threshold, weightCount } = shape;
	const ciphertext = [0n, profile.modulus - 1n]
		.concat(Array.from({ length: weightCount }, (_, index) => mix(index, profile.modulus)))
		.slice(0, weightCount);
	const encryptedShares = Array.from({ length: members }, (_, member) =>
		Array.from({ length: profile.keyElements }, (_, index) => mix(1000 * (member + 7) + index, FIELD_ORDER)),
	);
	const shareCommitments = Array.from({ length: members }, (_, member) => mix(99 + member, FIELD_ORDER));
	const ephemeralKey = testShareKey(123n);
	const bundle: Bundle = { members, threshold, context, ephemeralKey, shareCommitments, ciphertext, encryptedShares };
	return {
		bytes: encodeBundle(bundle, profile),
		evaluation: {
			gamma: GAMMA,
			y: evaluatePolynomial(ciphertext, GAMMA),
			y2: evaluatePolynomial([...encryptedShares.flat(), ephemeralKey.x, ephemeralKey.y, ...shareCommitments], GAMMA),
		},
	};
};

/** A copy with other bytes at a place. */
export const changeBytes = (bytes: Uint8Array, place: number, value: readonly number[]): Uint8Array => {
	const changed = bytes.slice();
	changed.set(value, place);
	return changed;
};

/** A copy with one bit of a byte flipped. */
export const flipBit = (bytes: Uint8Array, place: number): Uint8Array =>
	changeBytes(bytes, place, [(bytes.at(place) ?? 0) ^ 1]);
