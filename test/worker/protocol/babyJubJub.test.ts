import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
	BASE_POINT,
	cofactorWitness,
	isInPrimeSubgroup,
	multiplyPoint,
	publicKeyOf,
	SUBGROUP_ORDER,
} from "../../../worker/protocol/babyJubJub.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";

/** EIP-2494's generator of the whole curve (order 8 l). */
const GENERATOR = {
	x: 995203441582195749578291179787384436505546430278305826713579947235728471134n,
	y: 5472060717959818805561601436314318772137091100104008585924551046643952123905n,
};

describe("BabyJubJub", () => {
	it("has EIP-2494's base point and order", () => {
		assert.deepEqual(BASE_POINT, {
			x: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
			y: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
		});
		assert.equal(SUBGROUP_ORDER, 2736030358979909402780800718157159386076813972158567259200215660948447373041n);
		assert.deepEqual(multiplyPoint(GENERATOR, 8n), BASE_POINT);
		assert.deepEqual(multiplyPoint(publicKeyOf(6n), 7n), publicKeyOf(42n));
		assert.deepEqual(publicKeyOf(SUBGROUP_ORDER - 1n), { x: FIELD_ORDER - BASE_POINT.x, y: BASE_POINT.y });
	});

	it("admits only points of prime order as keys", () => {
		assert.ok(isInPrimeSubgroup(BASE_POINT));
		assert.ok(isInPrimeSubgroup(publicKeyOf(123456789n)));
		for (const [what, point] of [
			["identity", { x: 0n, y: 1n }],
			["order 2", { x: 0n, y: FIELD_ORDER - 1n }],
			["order 8 l", GENERATOR],
			["order 4 l", multiplyPoint(GENERATOR, 2n)],
			["order 2 l", multiplyPoint(GENERATOR, 4n)],
			["off the curve", { x: 1n, y: 1n }],
			["not canonical", { x: BASE_POINT.x + FIELD_ORDER, y: BASE_POINT.y }],
			["negative", { x: BASE_POINT.x - FIELD_ORDER, y: BASE_POINT.y }],
		] as const) {
			assert.equal(isInPrimeSubgroup(point), false, what);
		}
	});

	it("gives the point by which a contract checks the subgroup", () => {
		for (const secret of [1n, 7n, 8n, SUBGROUP_ORDER - 1n, 2n ** 250n + 12345n]) {
			assert.deepEqual(multiplyPoint(cofactorWitness(secret), 8n), publicKeyOf(secret));
		}
	});

	it("refuses scalars and points out of range", () => {
		for (const scalar of [0n, -1n, SUBGROUP_ORDER, SUBGROUP_ORDER + 1n]) {
			assert.throws(() => publicKeyOf(scalar), RangeError);
			assert.throws(() => multiplyPoint(BASE_POINT, scalar), RangeError);
		}
		assert.throws(() => multiplyPoint({ x: 1n, y: 1n }, 2n), RangeError);
	});
});
