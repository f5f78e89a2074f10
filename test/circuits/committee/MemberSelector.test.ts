import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
	assertAccepted,
	assertForgedWitness,
	assertInputRefused,
	forgedWitness,
} from "../../support/circuits/forge.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const selector = (members: number) =>
	testCircuit({
		include: "circuits/committee/MemberSelector.circom",
		template: "MemberSelector",
		params: [members],
	});

const oneHot = (members: number, index: number): readonly bigint[] =>
	Array.from({ length: members }, (_, j) => (j + 1 === index ? 1n : 0n));

describe("MemberSelector", () => {
	it("selects every member of committees of 2 and 7, in one way only", async () => {
		for (const members of [2, 7]) {
			const circuit = await selector(members);
			for (let index = 1; index <= members; index++) {
				const witness = await assertAccepted(circuit, { memberIndex: BigInt(index) });
				assert.deepEqual(circuit.values(witness, "out"), oneHot(members, index));
				assertEveryMutationCaught(circuit, witness);
				assertDetermined(circuit, witness);
				for (let other = 1; other <= members; other++) {
					if (other !== index) assertForgedWitness(circuit, witness, { out: oneHot(members, other) });
				}
				assertForgedWitness(circuit, witness, { out: oneHot(members, 0) });
			}
		}
	});

	it("has no solution for an index outside the committee", async () => {
		const circuit = await selector(3);
		const witness = await circuit.witness({ memberIndex: 2n });
		for (const memberIndex of [0n, 4n, 8n, -1n, 1n << 32n]) {
			await assertInputRefused(circuit, { memberIndex });
			for (const choice of [0, 1, 2, 3]) {
				const forged = forgedWitness(circuit, witness, { memberIndex, out: oneHot(3, choice) });
				assert.notEqual(circuit.checkConstraints(forged), null, `${memberIndex} as ${choice}`);
			}
		}
	});
});
