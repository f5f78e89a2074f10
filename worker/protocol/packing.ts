/** Packing of small integers into field elements; docs/PROTOCOL.md sections 1 and 3. Every packed value is range-checked by the circuit that unpacks it. */
import fixedPoint from "../../circuits/profiles/fixed-point.json" with { type: "json" };
import { spongeHash } from "./poseidon.ts";

/**
 * Packs offset values `bits` wide, `perElement` to an element, value i at bit `bits * (i mod perElement)`.
 * @throws RangeError when value + offset does not fit `bits` unsigned bits.
 */
export const packOffset = (
	values: readonly (number | bigint)[],
	{ bits, offset, perElement }: { bits: number; offset: number; perElement: number },
): readonly bigint[] => {
	const limit = 1n << BigInt(bits);
	const packed: bigint[] = [];
	values.forEach((value, index) => {
		const digit = BigInt(value) + BigInt(offset);
		if (digit < 0n || digit >= limit)
			throw new RangeError(`value ${index} does not fit ${bits} bits with offset ${offset}`);
		const slot = index % perElement;
		if (slot === 0) packed.push(0n);
		packed[packed.length - 1] = (packed.at(-1) as bigint) + (digit << BigInt(bits * slot));
	});
	return packed;
};

const WEIGHT_PACKING = {
	bits: fixedPoint.weightBits,
	offset: 2 ** (fixedPoint.weightBits - 1),
	perElement: fixedPoint.weightsPerElement,
} as const;

/** Weights (signed 20-bit integers, scale 2^16) packed 12 to a field element. */
export const packWeights = (weights: readonly number[]): readonly bigint[] => packOffset(weights, WEIGHT_PACKING);

/** Commitment to weights; `salt` is 0 for a global model, random in [0, r) for a hospital's own. */
export const commitWeights = (weights: readonly number[], salt: bigint): bigint =>
	spongeHash("weights", [...packWeights(weights), salt]);

const VELOCITY_PACKING = {
	bits: fixedPoint.velocityBits,
	offset: 2 ** (fixedPoint.velocityBits - 1),
	perElement: fixedPoint.velocitiesPerElement,
} as const;

/**
 * Commitment to the optimizer's velocities (signed 24-bit integers, scale 2^20, packed 10 to an element), blinded by a random element of [0, r):
 * with momentum it is the salt of the weights it belongs to.
 */
export const commitVelocity = (velocity: readonly number[], blind: bigint): bigint =>
	spongeHash("velocity", [...packOffset(velocity, VELOCITY_PACKING), blind]);

/** One sample (u8 inputs and its label) packed 31 bytes to an element. */
export const packSample = (inputs: readonly number[] | Uint8Array, label: number): readonly bigint[] =>
	packOffset([...inputs, label], { bits: fixedPoint.inputBits, offset: 0, perElement: fixedPoint.bytesPerElement });
