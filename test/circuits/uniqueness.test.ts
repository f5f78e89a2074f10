/** Whether the prover has any freedom at an honest witness: the rank of the constraints' Jacobian, of the deployed circuits and of small studies'. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { compileInstance } from "../../scripts/circuits/compile.ts";
import { generateConstants } from "../../scripts/circuits/generateConstants.ts";
import { circuitInstances } from "../../scripts/circuits/instances.ts";
import { segmentInput } from "../../worker/core/training/segmentInput.ts";
import type { CircuitKind } from "../../worker/protocol/circuitNames.ts";
import { standardProfile } from "../../worker/protocol/profiles.ts";
import { KEY_SUM_ARRAY, KEY_SUM_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../worker/protocol/publicSignals.ts";
import { architectureOf } from "../../worker/protocol/study.ts";
import { keySumCase } from "../support/circuits/keySumInstance.ts";
import { freeSignals } from "../support/circuits/localUniqueness.ts";
import { loadCircuit, type TestCircuit, testCircuit, type Witness } from "../support/circuits/testCircuit.ts";
import { segmentParams, TRAINING_SHAPES } from "../support/circuits/trainingShapes.ts";
import { encryptionCase } from "../support/encryptionInstance.ts";
import { randomSegment, randomWeights } from "../support/trainingInstance.ts";
import { loadStudy } from "../support/wdbc.ts";

/** The inverse of 0 and the quotient of two zeros are hints that no constraint reads: IsZero and Exponential. */
const isHintAboutZero = (signal: string): boolean => /\.(inv|quotient)$/.test(signal);

const assertUnique = (circuit: TestCircuit, witness: Witness): void =>
	assert.deepEqual(
		freeSignals(circuit, witness).filter((signal) => !isHintAboutZero(signal)),
		[],
		circuit.name,
	);

describe("at an honest witness the inputs determine every other signal, to first order", () => {
	before(generateConstants);

	for (const [name, study] of Object.entries(TRAINING_SHAPES)) {
		it(`TrainSegment: ${name}`, async () => {
			const circuit = await testCircuit({
				include: "circuits/training/TrainSegment.circom",
				template: "TrainSegment",
				params: segmentParams(study),
				publicSignals: [...TRAIN_SEGMENT_SIGNALS],
				optimization: "O2",
			});
			const segment = randomSegment(study, "unique", { weightsIn: randomWeights(study, "unique", 0.3) });
			assertUnique(circuit, await circuit.witness(segmentInput(segment).input));
		});
	}

	const deployed = async (kind: CircuitKind): Promise<TestCircuit> => {
		const instance = circuitInstances().find(({ template }) => template === kind);
		assert.ok(instance !== undefined);
		return loadCircuit(instance.name, await compileInstance(instance));
	};
	const study = loadStudy();
	const size = { profile: standardProfile, ...architectureOf(study), ...study.committee };

	it("TrainSegment of the default study", async () => {
		const circuit = await deployed("TrainSegment");
		const segment = randomSegment(study, "unique", {
			weightsIn: randomWeights(study, "unique", 0.3),
			totalSteps: study.stepsPerSegment - 1,
		});
		assertUnique(circuit, await circuit.witness(segmentInput(segment).input));
	});

	it("EncryptUpdate of the default study", async () => {
		const circuit = await deployed("EncryptUpdate");
		assertUnique(circuit, await circuit.witness(encryptionCase(size, "unique").input));
	});

	// All slots are copies of one template, and elimination takes longer with each.
	it("KeySum of the default study's sharing, with one slot, in use", async () => {
		const { members } = size;
		const circuit = await testCircuit({
			include: "circuits/committee/KeySum.circom",
			template: "KeySum",
			params: [members, 1],
			publicSignals: [...KEY_SUM_SIGNALS.slice(1), KEY_SUM_ARRAY],
			optimization: "O2",
		});
		const { proofs } = keySumCase({ ...size, slots: 1 }, { seed: "unique", updates: 1, memberIndex: 2 });
		for (const { input } of proofs) assertUnique(circuit, await circuit.witness(input));
	});
});
