import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const smallCoefficients = (count: number, bits: number) =>
	testCircuit({
		include: "circuits/lib/poly/SmallCoefficients.circom",
		template: "SmallCoefficients",
		params: [count, bits],
	});

describe("SmallCoefficients", () => {
	it("accepts the whole range and passes the values through", async () => {
		const circuit = await smallCoefficients(4, 3);
		for (const [given, free] of [
			[[-4n, -3n, -2n, -1n], []],
			// 3 and -1 differ in the highest bit alone, which is no signal: replacing one by the other is a true statement about another value.
			[[0n, 1n, 2n, 3n], ["out[3]"]],
		] as const) {
			const witness = await assertAccepted(circuit, { in: [...given] });
			assert.deepEqual(
				circuit.values(witness, "out"),
				given.map((value) => (value + FIELD_ORDER) % FIELD_ORDER),
			);
			assertEveryMutationCaught(circuit, witness, free);
		}
		assert.deepEqual(circuit.constraints, { total: 12, nonLinear: 12, linear: 0 });
	});

	it("refuses values one off the range, whatever the bits", async () => {
		const circuit = await smallCoefficients(1, 3);
		const honest = await circuit.witness({ in: [0n] });
		for (const value of [4n, -5n, FIELD_ORDER / 2n, FIELD_ORDER - 5n, 1n << 200n]) {
			await assertInputRefused(circuit, { in: [value] });
			// All assignments of the low bits: the top one is an expression.
			for (let bits = 0n; bits < 4n; bits++) {
				assertForgedWitness(circuit, honest, { "out[0]": value, "check[0].low": [bits & 1n, bits >> 1n] });
			}
		}
	});

	it("has one decomposition of each value", async () => {
		const circuit = await smallCoefficients(1, 3);
		for (let value = -4n; value < 4n; value++) {
			const honest = await circuit.witness({ in: [value] });
			for (let bits = 0n; bits < 4n; bits++) {
				const low = [bits & 1n, bits >> 1n];
				if (circuit.values(honest, "check[0].low").every((bit, index) => bit === low[index])) continue;
				assertForgedWitness(circuit, honest, { "check[0].low": low });
			}
		}
	});
});
