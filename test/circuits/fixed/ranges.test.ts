import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import {
	assertAccepted,
	assertForgedWitness,
	assertInputRefused,
	forgedWitness,
} from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const rangeCheck = (bits: number) =>
	testCircuit({ include: "circuits/lib/fixed/RangeCheck.circom", template: "RangeCheck", params: [bits] });

const signedRangeCheck = (bits: number) =>
	testCircuit({
		include: "circuits/lib/fixed/SignedRangeCheck.circom",
		template: "SignedRangeCheck",
		params: [bits],
		optimization: "O2",
	});

describe("RangeCheck", () => {
	it("accepts the range and nothing beside it", async () => {
		const circuit = await rangeCheck(20);
		assert.equal(circuit.constraints.total, 20);
		for (const value of [0n, 1n, 2n ** 20n - 1n, 2n ** 19n]) await assertAccepted(circuit, { in: value });
		// Odd values: the lowest bit is what is left of in, so in + 1 is a true statement when it is 0.
		for (const value of [1n, 2n ** 20n - 1n]) assertEveryMutationCaught(circuit, await circuit.witness({ in: value }));
		for (const value of [-1n, 2n ** 20n, 2n ** 20n + 5n, 2n ** 252n]) await assertInputRefused(circuit, { in: value });
	});

	it("knows exactly one decomposition: every combination of bits for every value near the range", async () => {
		const bits = 4;
		const circuit = await rangeCheck(bits);
		const honest = await circuit.witness({ in: 0n });
		for (let value = -(2 ** bits); value < 2 ** (bits + 1); value++) {
			for (let chosen = 0; chosen < 2 ** bits; chosen += 2) {
				const changes = Object.fromEntries(
					Array.from({ length: bits - 1 }, (_, i) => [`bit[${i + 1}]`, BigInt((chosen >> (i + 1)) & 1)]),
				);
				const violated = circuit.checkConstraints(forgedWitness(circuit, honest, { in: BigInt(value), ...changes }));
				const right = value >= 0 && value < 2 ** bits && chosen >> 1 === value >> 1;
				assert.equal(violated === null, right, `value ${value}, bits ${chosen}`);
			}
		}
	});

	it("refuses digits that are no bits, though their sum is right", async () => {
		const circuit = await rangeCheck(8);
		const witness = await circuit.witness({ in: 255n });
		assertForgedWitness(circuit, witness, {
			in: 256n,
			"bit[7]": 1n,
			"bit[6]": 2n,
			"bit[5]": 0n,
			"bit[4]": 0n,
			"bit[3]": 0n,
			"bit[2]": 0n,
			"bit[1]": 0n,
		});
		assertForgedWitness(circuit, witness, { in: 384n, "bit[7]": 2n });
		// -1 as 2^8 - 1 - 2^8: a negative digit on top.
		assertForgedWitness(circuit, witness, { in: -1n, "bit[7]": -1n });
		assertForgedWitness(circuit, witness, { in: 257n });
	});

	it("works for one bit", async () => {
		const circuit = await rangeCheck(1);
		for (const value of [0n, 1n]) await assertAccepted(circuit, { in: value });
		for (const value of [-1n, 2n]) await assertInputRefused(circuit, { in: value });
	});
});

describe("SignedRangeCheck", () => {
	it("accepts the signed range, both ends included, and nothing beside it", async () => {
		const circuit = await signedRangeCheck(20);
		assert.equal(circuit.constraints.total, 20);
		const random = createRandom("signed");
		const inside = Array.from({ length: 200 }, () => BigInt(random.below(2 ** 20)) - 2n ** 19n);
		for (const value of [-(2n ** 19n), 2n ** 19n - 1n, 0n, -1n, ...inside])
			await assertAccepted(circuit, { in: value });
		for (const value of [-(2n ** 19n) - 1n, 2n ** 19n, 2n ** 20n, -(2n ** 20n), 2n ** 253n]) {
			await assertInputRefused(circuit, { in: value });
		}
		assertEveryMutationCaught(circuit, await circuit.witness({ in: -5n }));
	});

	it("refuses a value moved by 2^20 with the same bits", async () => {
		const circuit = await signedRangeCheck(20);
		const witness = await circuit.witness({ in: -7n });
		assertForgedWitness(circuit, witness, { in: (old) => old + 2n ** 20n });
		assertForgedWitness(circuit, witness, { in: (old) => old - 2n ** 20n });
	});
});
