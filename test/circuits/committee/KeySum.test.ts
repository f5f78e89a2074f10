import assert from "node:assert/strict";
import { it } from "node:test";
import { compileInstance } from "../../../scripts/circuits/compile.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { circuitInstances } from "../../../scripts/circuits/instances.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { assertAccepted } from "../../support/circuits/forge.ts";
import { keySumCase } from "../../support/circuits/keySumInstance.ts";
import { loadCircuit } from "../../support/circuits/testCircuit.ts";

it("KeySum of the default study, at full size, outputs what the reference computes from the bundles", async () => {
	await generateConstants();
	const instance = circuitInstances().find(({ template }) => template === "KeySum");
	assert.ok(instance !== undefined);
	const [members, slots] = [Number(instance.parameters.members), Number(instance.parameters.slots)];
	const size = { profile: standardProfile, weightCount: 3, members, threshold: 2, slots };
	const { proofs } = keySumCase(size, { updates: slots - 1, memberIndex: members, seed: "full size" });
	const circuit = loadCircuit(instance.name, await compileInstance(instance));
	assert.equal(proofs.length, 1);
	for (const { input, publicSignals } of proofs) {
		const witness = await assertAccepted(circuit, input);
		assert.deepEqual(witness.slice(1, 1 + publicSignals.length), publicSignals);
	}
});
