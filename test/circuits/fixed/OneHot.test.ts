import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fr } from "../../../worker/protocol/field.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const oneHot = (count: number) =>
	testCircuit({
		include: "circuits/lib/fixed/OneHot.circom",
		template: "OneHot",
		params: [count],
		publicSignals: ["in"],
		// Every signal stays in the witness, so that all of them can be forged together.
		optimization: "O0",
	});

describe("OneHot", () => {
	it("has one 1, at the number's place", async () => {
		for (const count of [2, 3, 10]) {
			const circuit = await oneHot(count);
			for (let k = 0; k < count; k++) {
				const witness = await assertAccepted(circuit, { in: BigInt(k) });
				assert.deepEqual(
					circuit.values(witness, "out"),
					Array.from({ length: count }, (_, index) => (index === k ? 1n : 0n)),
				);
				assertEveryMutationCaught(circuit, witness);
			}
			for (const wrong of [-1n, BigInt(count), 2n ** 200n]) await assertInputRefused(circuit, { in: wrong });
		}
	});

	it("refuses what adds up to the same number otherwise", async () => {
		const circuit = await oneHot(4);
		const witness = await circuit.witness({ in: 3n });
		for (const out of [
			[0n, 1n, 1n, 0n],
			[-1n, 1n, 1n, 0n],
			[1n, 0n, 0n, 1n],
			[0n, Fr.div(-1n, 2n), 0n, Fr.div(7n, 6n)],
			[0n, 0n, 0n, 0n],
			[-2n, 3n, 0n, 0n],
			[1n, 0n, 0n, 0n],
		]) {
			assertForgedWitness(circuit, witness, { out });
		}
		// 4 would be the next class.
		assertForgedWitness(circuit, witness, { in: 4n, checked: 4n, out: [0n, 1n, 0n, 1n] });
	});
});
