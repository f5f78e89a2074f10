import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { bn254 } from "@noble/curves/bn254.js";
import { readElement } from "../../scripts/circuits/r1cs.ts";
import { type FixedBasePool, fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { FIELD_ORDER, Fr } from "../../worker/protocol/field.ts";
import { randomRing } from "../support/randomRing.ts";

const { Fp } = bn254.fields;
const MONTGOMERY = Fp.inv(2n ** 256n % Fp.ORDER);

/** Coordinates of the points, out of Montgomery form. */
const coordinates = (points: Uint8Array): readonly bigint[] => {
	const view = new DataView(points.buffer, points.byteOffset, points.byteLength);
	return Array.from({ length: points.length / 32 }, (_, index) => Fp.mul(readElement(view, 32 * index), MONTGOMERY));
};

const expected1 = (scalar: bigint): readonly bigint[] => {
	if (scalar === 0n) return [0n, 0n];
	const { x, y } = bn254.G1.Point.BASE.multiply(scalar).toAffine();
	return [x, y];
};
const expected2 = (scalar: bigint): readonly bigint[] => {
	if (scalar === 0n) return [0n, 0n, 0n, 0n];
	const { x, y } = bn254.G2.Point.BASE.multiply(scalar).toAffine();
	return [x.c0, x.c1, y.c0, y.c1];
};

/** Scalars at the edges of digits, of carries and of the group's order. */
const EDGES = [0n, 1n, 2n, FIELD_ORDER - 1n, FIELD_ORDER - 2n, FIELD_ORDER >> 1n, (FIELD_ORDER >> 1n) + 1n].concat(
	[3n, 7n, 8n, 9n, 11n, 12n, 13n, 14n, 15n, 16n, 30n, 127n, 240n, 252n, 253n].flatMap((bits) => [
		2n ** bits - 1n,
		2n ** bits,
		2n ** bits + 1n,
		FIELD_ORDER - 2n ** bits,
	]),
);

describe("fixed-base multiplication", () => {
	let pool: FixedBasePool;
	before(async () => {
		pool = await fixedBasePool(2);
	});
	after(() => pool.close());

	it("agrees with noble-curves at the edges of digits and carries, in both groups", async () => {
		assert.deepEqual(coordinates(await pool.multiply("G1", EDGES)), EDGES.flatMap(expected1));
		assert.deepEqual(coordinates(await pool.multiply("G2", EDGES)), EDGES.flatMap(expected2));
	});

	it("agrees for random scalars, and with the wide digits of large jobs", async () => {
		const random = randomRing("fixed base");
		const scalars = [...EDGES, ...Array.from({ length: 20_000 }, () => random.belowBig(FIELD_ORDER))];
		const found = coordinates(await pool.multiply("G1", scalars));
		const sampled = [
			...EDGES.keys(),
			...Array.from({ length: 40 }, () => random.within(EDGES.length, scalars.length - 1)),
		];
		for (const index of sampled) {
			assert.deepEqual(found.slice(2 * index, 2 * index + 2), expected1(scalars[index] as bigint), `scalar ${index}`);
		}
		// All of them at once: sum_i P_i = (sum_i s_i) G.
		const sum = scalars.reduce((total, scalar) => Fr.add(total, scalar), 0n);
		let total = bn254.G1.Point.ZERO;
		for (let at = 0; at < found.length; at += 2) {
			const [x, y] = [found[at] as bigint, found[at + 1] as bigint];
			if (x !== 0n || y !== 0n) total = total.add(bn254.G1.Point.fromAffine({ x, y }));
		}
		assert.deepEqual([total.toAffine().x, total.toAffine().y], expected1(sum));
	});

	it("keeps the order of jobs that are asked for together", async () => {
		const jobs = [1n, 5n, 9n].map((scalar) => pool.multiply("G1", [scalar]));
		const points = (await Promise.all(jobs)).map(coordinates);
		assert.deepEqual(points, [1n, 5n, 9n].map(expected1));
	});
});
