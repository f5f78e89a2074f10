import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { computeWeight, roundShift, WEIGHT_LIMIT } from "../../../worker/protocol/fixedPoint.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { type TestCircuit, testCircuit } from "../../support/circuits/testCircuit.ts";

const circuitOf = (template: string, ...params: number[]) =>
	testCircuit({
		include: `circuits/lib/fixed/${template}.circom`,
		template,
		params,
		publicSignals: ["in"],
		optimization: "O2",
	});

/** Asserts that the result of `value + step`, with its whole decomposition, is refused as the result of `value`. */
const refuseResultOf = async (circuit: TestCircuit, value: bigint, step: bigint): Promise<void> => {
	const honest = await circuit.witness({ in: value });
	const other = await circuit.witness({ in: value + step });
	const forged = borrowedWitness(circuit, honest, other, (signal) => signal === "main.in");
	assert.notDeepEqual(forged, honest);
	assert.notEqual(circuit.checkConstraints(forged), null, `${value} passes with the result of ${value + step}`);
};

describe("Rescale", () => {
	it("equals the reference on edges and random values, and refuses what is out of range", async () => {
		const circuit = await circuitOf("Rescale", 7, 12);
		assert.equal(circuit.constraints.total, 19);
		const random = createRandom("rescale");
		const edges = [-65, -64, -63, -1, 0, 63, 64, 65, 191, 192, -192, -193, 2047 * 128 + 63, -2048 * 128 - 64];
		for (const value of [...edges, ...Array.from({ length: 300 }, () => random.below(2 ** 18) - 2 ** 17)]) {
			const witness = await assertAccepted(circuit, { in: BigInt(value) });
			assert.equal(circuit.value(witness, "out"), toField(BigInt(roundShift(value, 7))));
		}
		for (const value of [2047n * 128n + 64n, -2048n * 128n - 65n, 2n ** 30n, 2n ** 200n, -(2n ** 200n)]) {
			await assertInputRefused(circuit, { in: value });
		}
	});

	it("refuses other quotients with the decomposition of their own division", async () => {
		const circuit = await circuitOf("Rescale", 7, 12);
		for (const value of [1000n, -1000n, 0n, 63n, 64n, -64n]) {
			for (const step of [2n, -2n, 128n, -128n, 12800n]) await refuseResultOf(circuit, value, step);
		}
		// Odd inputs: the remainder's lowest bit is what is left of in, so in + 1 is a true statement when it is 0.
		for (const value of [1001n, -77n]) assertEveryMutationCaught(circuit, await circuit.witness({ in: value }));
	});
});

describe("QuantizeWeight", () => {
	const LOW = 11;

	it("equals the reference on edges and random values", async () => {
		const circuit = await circuitOf("QuantizeWeight", LOW);
		assert.equal(circuit.constraints.total, LOW + 20);
		const random = createRandom("quantize");
		const edges = [-WEIGHT_LIMIT, WEIGHT_LIMIT - 1, -129, -128, -127, -1, 0, 127, 128, 129, WEIGHT_LIMIT - 128];
		for (const weight of [...edges, ...Array.from({ length: 100 }, () => random.below(2 ** 20) - WEIGHT_LIMIT)]) {
			for (const offset of [-(2 ** (LOW - 1)), 0, 2 ** (LOW - 1) - 1]) {
				const witness = await assertAccepted(circuit, { in: BigInt(weight * 2 ** LOW + offset) });
				assert.equal(circuit.value(witness, "weight"), toField(BigInt(weight)));
				assert.equal(circuit.value(witness, "compute"), toField(BigInt(computeWeight(weight))));
			}
		}
	});

	it("refuses weights out of range by a single unit of the sum", async () => {
		const circuit = await circuitOf("QuantizeWeight", LOW);
		const limit = BigInt(WEIGHT_LIMIT) << BigInt(LOW);
		const half = 1n << BigInt(LOW - 1);
		await assertAccepted(circuit, { in: limit - half - 1n });
		await assertAccepted(circuit, { in: -limit - half });
		for (const value of [limit - half, -limit - half - 1n, 4n * limit, -4n * limit, 2n ** 253n]) {
			await assertInputRefused(circuit, { in: value });
		}
	});

	it("refuses results of other sums: one unit, one rounding, one weight, one compute weight further", async () => {
		const circuit = await circuitOf("QuantizeWeight", LOW);
		for (const value of [0n, -5n, 123456789n, -987654321n, 1024n, 1023n]) {
			for (const step of [2n, -2n, 1024n, 2048n, -2048n, 256n * 2048n]) await refuseResultOf(circuit, value, step);
		}
		for (const value of [-5n, 123456789n, 1023n]) {
			assertEveryMutationCaught(circuit, await circuit.witness({ in: value }));
		}
	});

	it("without truncation is the range check and the compute weight of an opened weight", async () => {
		const circuit = await circuitOf("QuantizeWeight", 0);
		assert.equal(circuit.constraints.nonLinear, 20);
		for (const weight of [-WEIGHT_LIMIT, WEIGHT_LIMIT - 1, 0, -1, 127, 128, -128, -129]) {
			const witness = await assertAccepted(circuit, { in: BigInt(weight) });
			assert.equal(circuit.value(witness, "weight"), toField(BigInt(weight)));
			assert.equal(circuit.value(witness, "compute"), toField(BigInt(computeWeight(weight))));
			assertEveryMutationCaught(circuit, witness);
		}
		for (const weight of [WEIGHT_LIMIT, -WEIGHT_LIMIT - 1, 2 ** 20]) {
			await assertInputRefused(circuit, { in: BigInt(weight) });
		}
		for (const step of [2n, -2n, 256n]) await refuseResultOf(circuit, 1000n, step);
	});
});
