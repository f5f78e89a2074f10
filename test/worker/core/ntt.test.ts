import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardNtt, inverseNtt, negacyclicProduct, nttPlan } from "../../../worker/core/ring/ntt.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";

const { modulus, ringDegree } = standardProfile;

/** x * y mod (q, X^N + 1) by definition. */
const schoolbook = (x: readonly bigint[], y: readonly bigint[], q: bigint): bigint[] => {
	const product = x.map(() => 0n);
	x.forEach((left, i) => {
		y.forEach((right, j) => {
			const wraps = i + j >= x.length;
			const at = (i + j) % x.length;
			product[at] = (product[at] as bigint) + (wraps ? -1n : 1n) * left * right;
		});
	});
	return product.map((value) => ((value % q) + q) % q);
};

test("degree 4 modulo 17: values at the odd powers of the least primitive root 2, bit-reversed", () => {
	const plan = nttPlan(4, 17n);
	const polynomial = [3n, 1n, 4n, 1n];
	const at = (x: bigint): bigint => polynomial.reduceRight((value, coefficient) => (value * x + coefficient) % 17n, 0n);
	// 2 has order 8 mod 17; output i is the value at 2^(2 * bitReverse(i) + 1).
	assert.deepEqual(
		forwardNtt(polynomial, plan),
		[1, 5, 3, 7].map((exponent) => at(2n ** BigInt(exponent) % 17n)),
	);
});

test("the backward transform undoes the forward one, at the edges of [0, q) as well", () => {
	const plan = nttPlan(ringDegree, modulus);
	const random = randomRing("round trip");
	for (const values of [
		random.polynomial(ringDegree, modulus),
		new Array<bigint>(ringDegree).fill(modulus - 1n),
		new Array<bigint>(ringDegree).fill(0n),
	]) {
		const transformed = forwardNtt(values, plan);
		assert.ok(transformed.every((value) => value >= 0n && value < modulus));
		assert.deepEqual(inverseNtt(transformed, plan), values);
	}
});

test("products agree with the definition for degrees 2 to 128", () => {
	for (const degree of [2, 4, 32, 128]) {
		const random = randomRing(`degree ${degree}`);
		const x = random.polynomial(degree, modulus);
		const y = random.polynomial(degree, modulus);
		assert.deepEqual(negacyclicProduct(x, y, nttPlan(degree, modulus)), schoolbook(x, y, modulus));
	}
});

test("X^(N-1) * X = -1 at full size", () => {
	const monomial = (power: number): bigint[] =>
		Array.from({ length: ringDegree }, (_, index) => (index === power ? 1n : 0n));
	const product = negacyclicProduct(monomial(ringDegree - 1), monomial(1), nttPlan(ringDegree, modulus));
	assert.deepEqual(
		product,
		monomial(0).map((value) => (modulus - value) % modulus),
	);
});

test("rings without such a transform, and vectors of another length, are refused", () => {
	assert.throws(() => nttPlan(12, modulus), RangeError);
	assert.throws(() => nttPlan(2048, 12289n - 2n), RangeError);
	assert.throws(() => forwardNtt([1n], nttPlan(4, 17n)), RangeError);
	assert.throws(() => inverseNtt([1n], nttPlan(4, 17n)), RangeError);
});
