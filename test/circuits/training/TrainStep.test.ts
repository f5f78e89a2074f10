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

	it("passes the weights through at learning rate 0, and forgets the velocity when inactive", async () => {
		for (const study of [TINY_STUDY, EVERYTHING]) {
			const circuit = await stepCircuit(study);
			const state = randomState(study, "idle", 0.3);
			const input = inputOf(study, state, randomBatch(study, "idle"), 0);
			const witness = await assertAccepted(circuit, state.velocity === undefined ? input : { ...input, active: [0n] });
			assert.deepEqual(
				circuit.values(witness, "newWeight"),
				state.weights.map((weight) => toField(BigInt(weight))),
			);
			if (state.velocity !== undefined)
				assert.ok(circuit.values(witness, "newVelocity").every((value) => value === 0n));
		}
	});

	for (const study of [TINY_STUDY, EVERYTHING]) {
		it(`refuses the result of every other step with all that leads to it: ${study.loss}`, async () => {
			const circuit = await stepCircuit(study);
			const state = randomState(study, "lie", 0.3);
			const batch = randomBatch(study, "lie");
			const honestInput = inputOf(study, state, batch, 512);
			const honest = await circuit.witness(honestInput);
			const flipped = batch.map((sample, index) =>
				index === 0 ? { ...sample, label: sample.label === 0 ? 1 : 0 } : sample,
			);
			const lies = {
				"another learning rate": inputOf(study, state, batch, 511),
				"learning rate 0": inputOf(study, state, batch, 0),
				"a flipped label": inputOf(study, state, flipped, 512),
				"other inputs": inputOf(study, state, randomBatch(study, "other"), 512),
				"other weights": inputOf(study, randomState(study, "other", 0.3), batch, 512),
				"swapped samples": inputOf(study, state, [...batch].reverse(), 512),
				...(state.velocity === undefined
					? {}
					: {
							"no velocity": inputOf(study, { ...state, velocity: state.velocity.map(() => 0) }, batch, 512),
							"an idle step": { ...honestInput, active: [0n] },
						}),
			};
			// Every choice of parts that keep the stated values: whatever the liar recomputes, some check is left.
			for (const [name, input] of Object.entries(lies)) {
				const other = await circuit.witness(input);
				const parts = [
					"forward[0]",
					"forward[",
					"back[",
					"binary",
					"softmax",
					"update",
					"momentumUpdate",
					"carried",
					"new",
				];
				for (let choice = 0; choice < 2 ** parts.length; choice += 31) {
					const kept = parts.filter((_, index) => (choice >> index) & 1);
					const forged = borrowedWitness(circuit, honest, other, (signal) => {
						const local = signal.slice("main.".length);
						if (STATED.some((stated) => local === stated || local.startsWith(`${stated}[`))) return true;
						return kept.some((part) => local.startsWith(part));
					});
					const changed = forged.some((value, wire) => value !== honest[wire]);
					assert.equal(circuit.checkConstraints(forged) === null, !changed, `${name}, honest: ${kept.join(" ")}`);
				}
			}
		});

		it(`leaves only hints about zeros free: ${study.loss}`, async () => {
			const circuit = await stepCircuit(study);
			const witness = await circuit.witness(inputOf(study, randomState(study, "m", 0.3), randomBatch(study, "m"), 512));
			const { survivors, tried } = mutateEach(circuit, witness);
			assert.ok(tried > 600, `${tried} signals`);
			// The stated values are the caller's: a weight of an activation that is 0 in both samples has no effect. An inverse of 0 is
			// no number, and the quotient of two zeros any.
			const free = survivors
				.map(({ signal }) => signal)
				.filter((signal) => !/\.(inv|quotient)$/.test(signal) && !/^main\.(compute|velocity)\[/.test(signal));
			assert.deepEqual(free, []);
		});
	}
});
