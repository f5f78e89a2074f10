import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { DOMAINS, type Domain, sponge } from "../../../worker/protocol/poseidon.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const spongeCircuit = (domain: Domain, inputs: number, outputs: number) =>
	testCircuit({
		include: "circuits/lib/hash/Sponge.circom",
		template: "Sponge",
		params: [DOMAINS[domain], inputs, outputs],
		optimization: "O2",
	});

const someElements = (count: number): bigint[] =>
	Array.from({ length: count }, (_, index) => (FIELD_ORDER * BigInt(index + 1)) / BigInt(count + 3));

describe("Sponge", () => {
	for (const [domain, inputs, outputs] of [
		["weights", 1, 1],
		["batch", 16, 1],
		["challenge", 17, 2],
		["pad", 4, 33],
	] as const) {
		it(`equals the reference: ${domain}, ${inputs} in, ${outputs} out`, async () => {
			const circuit = await spongeCircuit(domain, inputs, outputs);
			const given = someElements(inputs);
			const witness = await circuit.witness({ in: given });
			assert.deepEqual(circuit.values(witness, "out"), sponge(domain, given, outputs));
			const permutations = Math.ceil(inputs / 16) + Math.ceil(outputs / 16) - 1;
			assert.ok(circuit.constraints.total <= 612 * permutations, `${circuit.constraints.total} constraints`);
		});
	}
});
