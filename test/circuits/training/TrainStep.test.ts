import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { type TrainingState, trainStep } from "../../../worker/core/training/trainStep.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { computeWeight } from "../../../worker/protocol/fixedPoint.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { networkOf } from "../../../worker/protocol/network.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { type TestCircuit, testCircuit } from "../../support/circuits/testCircuit.ts";
import { EVERYTHING, stepParams, TRAINING_SHAPES } from "../../support/circuits/trainingShapes.ts";
import { randomBatch, randomWeights, TINY_STUDY, type TinyStudy } from "../../support/trainingInstance.ts";

const STATED = ["inputs", "targets", "learningRate", "weight", "compute", "active", "velocity"];

const stepCircuit = (study: TinyStudy): Promise<TestCircuit> => {
	const hasMomentum = study.optimizer.kind === "momentum";
	return testCircuit({
		include: "circuits/training/TrainStep.circom",
		template: "TrainStep",
		params: stepParams(study),
		publicSignals: hasMomentum ? STATED : STATED.slice(0, -2),
		optimization: "O2",
	});
};

/** What the circuit compares the network's outputs with: the label of a binary study, else one-hot. */
const targetsOf = (study: TinyStudy, label: number): readonly bigint[] =>
	study.loss === "binary-cross-entropy"
		? [BigInt(label)]
		: Array.from({ length: networkOf(study).outputs }, (_, k) => (k === label ? 1n : 0n));

const inputOf = (
	study: TinyStudy,
	{ weights, velocity }: TrainingState,
	batch: readonly Sample[],
	learningRate: number,
) => ({
	inputs: batch.map(({ inputs }) => [...inputs].map(BigInt)),
	targets: batch.map(({ label }) => targetsOf(study, label)),
	learningRate: BigInt(learningRate),
	weight: weights.map(BigInt),
	compute: weights.map((weight) => BigInt(computeWeight(weight))),
	...(velocity === undefined ? {} : { active: [1n], velocity: velocity.map(BigInt) }),
});

const randomState = (study: TinyStudy, seed: string, magnitude?: number): TrainingState => {
	const weights = randomWeights(study, seed, magnitude);
	if (study.optimizer.kind === "sgd") return { weights };
	const random = createRandom(`velocity/${seed}`);
	return { weights, velocity: weights.map(() => random.below(2 ** 20) - 2 ** 19) };
};

describe("TrainStep", () => {
	for (const [name, study] of Object.entries(TRAINING_SHAPES)) {
		it(`equals the reference trainer on ${name}, and has no witness where that overflows`, async () => {
			const circuit = await stepCircuit(study);
			let overflowed = 0;
			for (let seed = 0; seed < 60; seed++) {
				const state = randomState(study, `${name}${seed}`, [0.3, 1, 3, 7.9][seed % 4]);
				const batch = randomBatch(study, `${name}${seed}`);
				const learningRate = [1, 512, 4095][seed % 3] as number;
				const input = inputOf(study, state, batch, learningRate);
				let expected: TrainingState;
				try {
					expected = trainStep(study, state, batch, learningRate);
				} catch (error) {
					assert.ok(isDecentraHealthError(error) && error.code === "TRAINING_OVERFLOW");
					overflowed++;
					await assertInputRefused(circuit, input);
					continue;
				}
				const witness = await assertAccepted(circuit, input);
				const signed = (values: readonly number[]): bigint[] => values.map((value) => toField(BigInt(value)));
				assert.deepEqual(circuit.values(witness, "newWeight"), signed(expected.weights));
				assert.deepEqual(circuit.values(witness, "newCompute"), signed(expected.weights.map(computeWeight)));
				if (expected.velocity !== undefined) {
					assert.deepEqual(circuit.values(witness, "newVelocity"), signed(expected.velocity));
				}
			}
			assert.ok(overflowed < 45, `${overflowed} of 60 overflowed`);
		});
	}
});
