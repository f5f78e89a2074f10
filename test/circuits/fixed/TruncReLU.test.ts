import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { PRE_ACTIVATION_LIMIT, truncRelu } from "../../../worker/protocol/fixedPoint.ts";
import {
	assertAccepted,
	assertForgedWitness,
	assertInputRefused,
	forgedWitness,
} from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const truncReLU = (highBits: number, lowBits: number) =>
	testCircuit({
		include: "circuits/lib/fixed/TruncReLU.circom",
		template: "TruncReLU",
		params: [highBits, lowBits],
		optimization: "O2",
	});

/** All signals of the decomposition of in + 2^(bits-1) = digits, with the outputs that follow from it. */
const decomposition = (digits: bigint, highBits: number, lowBits: number) => {
	const bits = highBits + lowBits;
	const bit = (i: number): bigint => (digits >> BigInt(i)) & 1n;
	const active = bit(bits - 1);
	const high = (digits >> BigInt(lowBits)) & ((1n << BigInt(highBits - 1)) - 1n);
	return {
		...Object.fromEntries(Array.from({ length: bits - 2 }, (_, i) => [`bit[${i + 1}]`, bit(i + 1)])),
		active,
		out: active * high,
	};
};

describe("TruncReLU", () => {
	it("costs 29 constraints at 16 + 12 bits, 21 as training uses it", async () => {
		assert.equal((await truncReLU(16, 12)).constraints.total, 29);
		assert.equal((await truncReLU(13, 7)).constraints.total, 21);
	});

	it("equals the reference on edges and random values, and refuses what is out of range", async () => {
		const circuit = await truncReLU(13, 7);
		const random = createRandom("relu");
		const limit = PRE_ACTIVATION_LIMIT;
		const edges = [-limit, -limit + 1, -128, -127, -1, 0, 1, 127, 128, 129, limit - 1];
		for (const z of [...edges, ...Array.from({ length: 300 }, () => random.below(2 * limit) - limit)]) {
			const witness = await assertAccepted(circuit, { in: BigInt(z) });
			assert.equal(circuit.value(witness, "out"), BigInt(truncRelu(z)));
			assert.equal(circuit.value(witness, "active"), z >= 0 ? 1n : 0n);
		}
		for (const z of [limit, -limit - 1, 2 * limit, -2 * limit]) await assertInputRefused(circuit, { in: BigInt(z) });
	});

	it("works without truncation", async () => {
		const circuit = await truncReLU(5, 0);
		for (let z = -16n; z < 16n; z++) {
			const witness = await assertAccepted(circuit, { in: z });
			assert.equal(circuit.value(witness, "out"), z > 0n ? z : 0n);
		}
		for (const z of [-17n, 16n]) await assertInputRefused(circuit, { in: z });
	});

	it("admits one sign and one output for each input: all decompositions of all values near the range", async () => {
		const circuit = await truncReLU(3, 2);
		const honest = await circuit.witness({ in: 0n });
		for (let z = -32n; z < 32n; z++) {
			for (let digits = 0n; digits < 32n; digits++) {
				const forged = forgedWitness(circuit, honest, { in: z, ...decomposition(digits, 3, 2) });
				const right = z >= -16n && z < 16n && digits >> 1n === (z + 16n) >> 1n;
				assert.equal(circuit.checkConstraints(forged) === null, right, `${z} as ${digits}`);
			}
		}
	});

	it("refuses digits that are no bits, though their sum is the input", async () => {
		const circuit = await truncReLU(3, 2);
		// -1 + 16 = 15 as 16 - 2 + 1: a negative number passes as active.
		const negative = await circuit.witness({ in: -1n });
		assertForgedWitness(circuit, negative, { ...decomposition(16n, 3, 2), "bit[1]": -1n });
		// 4 + 16 = 20 as 2 * 8 + 4: a positive one passes as inactive; 2 * 16 - 12: out doubles.
		const positive = await circuit.witness({ in: 4n });
		assertForgedWitness(circuit, positive, { ...decomposition(4n, 3, 2), "bit[3]": 2n });
		assertForgedWitness(circuit, positive, {
			...decomposition(0n, 3, 2),
			active: 2n,
			"bit[3]": -1n,
			"bit[2]": -1n,
			out: -6n,
		});
	});

	it("refuses a flipped sign with everything that follows from it", async () => {
		const circuit = await truncReLU(13, 7);
		for (const z of [-1n, -300000n, 0n, 5000n]) {
			const witness = await circuit.witness({ in: z });
			const flipped = toField(z + 2n ** 19n) ^ (1n << 19n);
			assertForgedWitness(circuit, witness, decomposition(flipped, 13, 7));
		}
		// r - 1 presented as a large positive number.
		const witness = await circuit.witness({ in: 2n ** 19n - 1n });
		assertForgedWitness(circuit, witness, { in: -1n });
		// Odd inputs: the lowest bit is what is left of the input, so in + 1 is a true statement when it is 0.
		for (const z of [-77n, 1n, 12345n]) assertEveryMutationCaught(circuit, await circuit.witness({ in: z }));
	});
});
