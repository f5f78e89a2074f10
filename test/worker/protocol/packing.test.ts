import assert from "node:assert/strict";
import { test } from "node:test";
import { commitVelocity, commitWeights } from "../../../worker/protocol/packing.ts";
import { spongeHash } from "../../../worker/protocol/poseidon.ts";

test("velocities are packed ten to an element with offset 2^23, and hashed in a domain of their own with the blind", () => {
	const velocity = Array.from({ length: 11 }, (_, index) => index - 5);
	const digits = velocity.map((value) => BigInt(value) + 2n ** 23n);
	const element = digits.slice(0, 10).reduce((sum, digit, index) => sum + (digit << BigInt(24 * index)), 0n);
	assert.equal(commitVelocity(velocity, 9n), spongeHash("velocity", [element, digits[10] ?? 0n, 9n]));
	assert.notEqual(commitVelocity(velocity, 8n), commitVelocity(velocity, 9n));
	assert.notEqual(commitVelocity(velocity, 9n), commitWeights(velocity, 9n));
});

test("velocities outside 24 bits are refused", () => {
	commitVelocity([2 ** 23 - 1, -(2 ** 23)], 0n);
	assert.throws(() => commitVelocity([2 ** 23], 0n), RangeError);
	assert.throws(() => commitVelocity([-(2 ** 23) - 1], 0n), RangeError);
});
