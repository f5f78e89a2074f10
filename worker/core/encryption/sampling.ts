/** Sampling of everything secret in an encryption, from injected randomness: node:crypto in a worker, a seeded stream in tests. */
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { FIELD_ORDER } from "../../protocol/field.ts";

/** A source of uniform bytes. In production a cryptographically secure one. */
export type Randomness = { readonly bytes: (length: number) => Uint8Array };

const BITS_SET: readonly number[] = Array.from(
	{ length: 256 },
	(_, byte) => byte.toString(2).replaceAll("0", "").length,
);

/**
 * Centred binomial values: the sum of eta bits minus the sum of eta others, variance eta / 2. As 1 - bit is as uniform as bit, that is
 * the number of ones in 2 eta bits, minus eta.
 * @param eta a multiple of 4 (2 eta bits are whole bytes)
 * @param bits values outside [-2^(bits-1), 2^(bits-1)) are drawn again (for eta = 84 and 7 bits: 9.8 standard deviations)
 */
export const sampleCentredBinomial = (
	randomness: Randomness,
	{ eta, bits, count }: { eta: number; bits: number; count: number },
): readonly number[] => {
	if (!Number.isInteger(eta / 4) || eta < 4) throw new RangeError(`eta ${eta} is no multiple of 4`);
	const limit = 2 ** (bits - 1);
	const width = eta / 4;
	const values: number[] = [];
	while (values.length < count) {
		const bytes = randomness.bytes(width * (count - values.length));
		for (let start = 0; start < bytes.length; start += width) {
			let value = -eta;
			for (let at = start; at < start + width; at++) value += BITS_SET[bytes[at] as number] as number;
			if (value >= -limit && value < limit) values.push(value);
		}
	}
	return values;
};

/** Uniform in [0, 2^bits). */
export const sampleBits = (randomness: Randomness, bits: number): bigint =>
	bytesToNumberLE(randomness.bytes(Math.ceil(bits / 8))) & ((1n << BigInt(bits)) - 1n);

/** Uniform in [0, r), by rejection of 254-bit values. */
export const sampleFieldElement = (randomness: Randomness): bigint => {
	for (;;) {
		const candidate = sampleBits(randomness, 254);
		if (candidate < FIELD_ORDER) return candidate;
	}
};
