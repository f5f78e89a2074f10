import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sampleBits, sampleCentredBinomial, sampleFieldElement } from "../../../worker/core/encryption/sampling.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { seededRandomness } from "../../support/seededRandomness.ts";

/** Bytes from a list, then an error: shows exactly what a sampler reads. */
const scripted = (...parts: readonly (readonly number[])[]) => {
	const bytes = parts.flat();
	return {
		bytes: (length: number) => {
			if (bytes.length < length) throw new RangeError("the script is over");
			return Uint8Array.from(bytes.splice(0, length));
		},
	};
};
const filled = (length: number, value: number) => Array.from({ length }, () => value);

describe("sampling", () => {
	it("has the centred binomial distribution's moments", () => {
		const count = 1 << 18;
		const values = sampleCentredBinomial(seededRandomness("moments"), { eta: 84, bits: 7, count });
		assert.equal(values.length, count);
		assert.ok(values.every((value) => Number.isInteger(value) && value >= -64 && value <= 63));
		const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
		// Expected value and standard error over 2^18 samples of each moment; variance eta / 2 = 42, sixth moment about 15 * 42^3.
		for (const [power, expected, standardError] of [
			[1, 0, Math.sqrt(42 / count)],
			[2, 42, Math.sqrt(2 * 42 ** 2) / Math.sqrt(count)],
			[3, 0, Math.sqrt((15 * 42 ** 3) / count)],
			[4, (3 - 1 / 84) * 42 ** 2, Math.sqrt((96 * 42 ** 4) / count)],
		] as const) {
			assert.ok(Math.abs(moment(power) - expected) < 4 * standardError, `moment ${power}: ${moment(power)}`);
		}
		// Neighbours are uncorrelated.
		const covariance = values.reduce((sum, value, index) => sum + value * (values[index + 1] ?? 0), 0) / count;
		assert.ok(Math.abs(covariance) < 4 * (42 / Math.sqrt(count)));
	});

	it("counts ones, minus eta, and draws again what is out of range", () => {
		const options = { eta: 84, bits: 7, count: 1 };
		// 168 ones are 84 and 21 zero bytes -84, both outside [-64, 63]; 20 ones are -64; 147 ones 63; 148 ones 64.
		const ones = (count: number) => [
			...filled(Math.floor(count / 8), 0xff),
			2 ** (count % 8) - 1,
			...filled(20 - Math.floor(count / 8), 0),
		];
		const script = scripted(filled(21, 0xff), filled(21, 0), ones(148), ones(19), ones(20));
		assert.deepEqual(sampleCentredBinomial(script, options), [-64]);
		assert.deepEqual(sampleCentredBinomial(scripted(ones(147)), options), [63]);
		assert.deepEqual(sampleCentredBinomial(scripted(ones(84)), options), [0]);
	});

	it("gives field elements by rejection", () => {
		const least = filled(32, 0);
		const tooLarge = filled(32, 0xff);
		const edge = (value: bigint) =>
			Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
		assert.equal(sampleFieldElement(scripted(tooLarge, edge(FIELD_ORDER), edge(FIELD_ORDER - 1n))), FIELD_ORDER - 1n);
		assert.equal(sampleFieldElement(scripted(least)), 0n);
		const randomness = seededRandomness("field");
		const values = Array.from({ length: 2000 }, () => sampleFieldElement(randomness));
		const upper = values.filter((value) => value > FIELD_ORDER / 2n).length;
		assert.ok(Math.abs(upper - 1000) < 4 * Math.sqrt(500), `${upper} of 2000 in the upper half`);
	});

	it("gives exactly the bits asked for", () => {
		assert.equal(sampleBits(scripted(filled(32, 0xff)), 249), (1n << 249n) - 1n);
		assert.equal(sampleBits(scripted([0x34, 0x12]), 16), 0x1234n);
	});
});
