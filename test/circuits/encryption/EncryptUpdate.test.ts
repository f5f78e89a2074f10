import assert from "node:assert/strict";
import { it } from "node:test";
import { compileInstance } from "../../../scripts/circuits/compile.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { circuitInstances } from "../../../scripts/circuits/instances.ts";
import wdbc from "../../../studies/wdbc.json" with { type: "json" };
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { encryptUpdateSignals } from "../../../worker/protocol/publicSignals.ts";
import { architectureOf, studySchema } from "../../../worker/protocol/study.ts";
import { assertAccepted } from "../../support/circuits/forge.ts";
import { loadCircuit } from "../../support/circuits/testCircuit.ts";
import { encryptionCase } from "../../support/encryptionInstance.ts";

it("EncryptUpdate of the default study, at full size, outputs what the reference computes from the bundle", async () => {
	await generateConstants();
	const instance = circuitInstances().find(({ template }) => template === "EncryptUpdate");
	assert.ok(instance !== undefined);
	const study = studySchema.parse(wdbc);
	const size = { profile: standardProfile, ...architectureOf(study), ...study.committee };
	const { input, outputs } = encryptionCase(size, "full size");
	const circuit = loadCircuit(instance.name, await compileInstance(instance));
	const witness = await assertAccepted(circuit, input);
	const signals = encryptUpdateSignals({ ...outputs, ...input });
	assert.deepEqual(witness.slice(1, 1 + signals.length), signals);
});
