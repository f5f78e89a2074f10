import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { integerNegacyclicProduct } from "../../../worker/core/ring/product.ts";
import { centredPublicPolynomial, publicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";

const schoolbook = (a: readonly bigint[], s: readonly number[]): readonly bigint[] => {
	const out = a.map(() => 0n);
	a.forEach((left, i) => {
		s.forEach((right, j) => {
			const at = (i + j) % a.length;
			const term = left * BigInt(right);
			out[at] = (out[at] as bigint) + (i + j < a.length ? term : -term);
		});
	});
	return out;
};

describe("public polynomial", () => {
	it("is the SHAKE128 stream that the protocol names, by another implementation", () => {
		const { ringDegree, modulus } = standardProfile;
		const bytes = createHash("shake128", { outputLength: 8 * 3000 })
			.update(`DecentraHealth/ckks/a/v1|2048|${modulus}`)
			.digest();
		const words = Array.from({ length: 3000 }, (_, index) => bytes.readBigUInt64LE(8 * index) & (2n ** 53n - 1n));
		const a = publicPolynomial(standardProfile);
		assert.deepEqual(a, words.filter((word) => word < modulus).slice(0, ringDegree));
		assert.equal(publicPolynomial(standardProfile), a);
	});

	it("is another one for another ring", () => {
		const small = publicPolynomial({ ...standardProfile, ringDegree: 16 });
		assert.equal(small.length, 16);
		assert.notDeepEqual(small, publicPolynomial(standardProfile).slice(0, 16));
	});

	it("has centred representatives of the same residues", () => {
		const { modulus } = standardProfile;
		const a = publicPolynomial(standardProfile);
		centredPublicPolynomial(standardProfile).forEach((value, index) => {
			assert.ok(2n * value < modulus && 2n * value > -modulus);
			assert.equal((value + modulus) % modulus, a[index]);
		});
	});
});

describe("integer product in the ring", () => {
	it("equals the schoolbook product, at the ends of its ranges and at random", () => {
		const random = randomRing("product");
		const degree = 64;
		const most = 2n ** 53n - 1n;
		const limit = 2 ** 26 / degree - 1;
		for (const [a, s] of [
			[Array.from({ length: degree }, () => most), Array.from({ length: degree }, () => limit)],
			[Array.from({ length: degree }, () => -most), Array.from({ length: degree }, () => limit)],
			[Array.from({ length: degree }, () => -most), Array.from({ length: degree }, () => -limit)],
			[
				random.polynomial(degree, 2n ** 54n).map((value) => value - most),
				Array.from({ length: degree }, () => random.within(-limit, limit)),
			],
		] as const) {
			assert.deepEqual(integerNegacyclicProduct(a, s), schoolbook(a, s));
		}
	});

	it("is exact at full size", () => {
		const random = randomRing("full product");
		const a = centredPublicPolynomial(standardProfile);
		const s = Array.from({ length: a.length }, () => random.within(-64, 63));
		const product = integerNegacyclicProduct(a, s);
		// Spot checks by the definition: all 2,048 coefficients would take a second.
		for (const k of [0, 1, 777, 2047]) {
			const expected = a.reduce((sum, coefficient, i) => {
				const factor = BigInt(s[(k - i + s.length) % s.length] as number);
				return sum + (i <= k ? coefficient * factor : -coefficient * factor);
			}, 0n);
			assert.equal(product[k], expected);
		}
	});

	it("refuses factors that it could not multiply exactly", () => {
		assert.throws(() => integerNegacyclicProduct([1n, 2n], [1]), RangeError);
		assert.throws(() => integerNegacyclicProduct([2n ** 53n, 0n], [1, 0]), RangeError);
		assert.throws(() => integerNegacyclicProduct([1n, 0n], [2 ** 25, 0]), RangeError);
		assert.throws(() => integerNegacyclicProduct([1n, 0n], [0.5, 0]), RangeError);
	});
});
