import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trainStep } from "../../../worker/core/training/trainStep.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { computeWeight } from "../../../worker/protocol/fixedPoint.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { type TestCircuit, testCircuit } from "../../support/circuits/testCircuit.ts";
import {
	architectureParams,
	randomBatch,
	randomWeights,
	TINY_STUDY,
	type TinyStudy,
} from "../../support/trainingInstance.ts";

const STATED = ["inputs", "labels", "learningRate", "weight", "compute"];

const stepCircuit = (study: TinyStudy): Promise<TestCircuit> =>
	testCircuit({
		include: "circuits/training/TrainStep.circom",
		template: "TrainStep",
		params: architectureParams(study),
		publicSignals: STATED,
		optimization: "O2",
	});

const STUDIES: Readonly<Record<string, TinyStudy>> = {
	tiny: TINY_STUDY,
	"strided image": {
		...TINY_STUDY,
		input: { height: 7, width: 5, channels: 1 },
		convolution: { kernelHeight: 3, kernelWidth: 3, strideHeight: 2, strideWidth: 2, filters: 3 },
	},
	"one filter, batch of one": {
		...TINY_STUDY,
		input: { height: 4, width: 3, channels: 1 },
		convolution: { kernelHeight: 1, kernelWidth: 2, strideHeight: 2, strideWidth: 1, filters: 1 },
		batchSize: 1,
	},
};

const inputOf = (weights: readonly number[], batch: readonly Sample[], learningRate: number) => ({
	inputs: batch.map(({ inputs }) => [...inputs].map(BigInt)),
	labels: batch.map(({ label }) => BigInt(label)),
	learningRate: BigInt(learningRate),
	weight: weights.map(BigInt),
	compute: weights.map((weight) => BigInt(computeWeight(weight))),
});

describe("TrainStep", () => {
	for (const [name, study] of Object.entries(STUDIES)) {
		it(`equals the reference trainer on ${name}, and has no witness where that overflows`, async () => {
			const circuit = await stepCircuit(study);
			let overflowed = 0;
			for (let seed = 0; seed < 60; seed++) {
				const weights = randomWeights(study, `${name}${seed}`, [0.3, 1, 3, 7.9][seed % 4]);
				const batch = randomBatch(study, `${name}${seed}`);
				const learningRate = [1, 512, 4095][seed % 3] as number;
				const input = inputOf(weights, batch, learningRate);
				let expected: readonly number[];
				try {
					expected = trainStep(study, weights, batch, learningRate);
				} catch (error) {
					assert.ok(isDecentraHealthError(error) && error.code === "TRAINING_OVERFLOW");
					overflowed++;
					await assertInputRefused(circuit, input);
					continue;
				}
				const witness = await assertAccepted(circuit, input);
				assert.deepEqual(
					circuit.values(witness, "newWeight"),
					expected.map((weight) => toField(BigInt(weight))),
				);
				const compute = expected.map((weight) => toField(BigInt(computeWeight(weight))));
				assert.deepEqual(circuit.values(witness, "newCompute"), compute);
			}
			assert.ok(overflowed < 40, `${overflowed} of 60 overflowed`);
		});
	}

	it("passes the weights through at learning rate 0", async () => {
		const circuit = await stepCircuit(TINY_STUDY);
		const weights = randomWeights(TINY_STUDY, "idle");
		const witness = await assertAccepted(circuit, inputOf(weights, randomBatch(TINY_STUDY, "idle"), 0));
		assert.deepEqual(
			circuit.values(witness, "newWeight"),
			weights.map((weight) => toField(BigInt(weight))),
		);
	});

	it("refuses the result of every other step with all that leads to it", async () => {
		const circuit = await stepCircuit(TINY_STUDY);
		const weights = randomWeights(TINY_STUDY, "lie");
		const batch = randomBatch(TINY_STUDY, "lie");
		const honest = await circuit.witness(inputOf(weights, batch, 512));
		const flipped = batch.map((sample, index) =>
			index === 0 ? { ...sample, label: (1 - sample.label) as 0 | 1 } : sample,
		);
		const lies = {
			"another learning rate": inputOf(weights, batch, 511),
			"learning rate 0": inputOf(weights, batch, 0),
			"a flipped label": inputOf(weights, flipped, 512),
			"other inputs": inputOf(weights, randomBatch(TINY_STUDY, "other"), 512),
			"other weights": inputOf(randomWeights(TINY_STUDY, "other"), batch, 512),
			"swapped samples": inputOf(weights, [...batch].reverse(), 512),
		};
		// Every choice of parts that keep the stated values: whatever the liar recomputes, some check is left.
		for (const [name, input] of Object.entries(lies)) {
			const other = await circuit.witness(input);
			const parts = ["", "relu", "dense[", "loss", "denseBack", "conv", "back", "update", "newWeight"];
			for (let choice = 0; choice < 2 ** parts.length; choice += 7) {
				const kept = parts.filter((_, index) => (choice >> index) & 1);
				const forged = borrowedWitness(circuit, honest, other, (signal) => {
					const local = signal.slice("main.".length);
					if (STATED.some((stated) => local === stated || local.startsWith(`${stated}[`))) return true;
					return kept.some((part) => part !== "" && local.startsWith(part));
				});
				const changed = forged.some((value, wire) => value !== honest[wire]);
				assert.equal(circuit.checkConstraints(forged) === null, !changed, `${name}, honest: ${kept.join(" ")}`);
			}
		}
	});

	it("leaves only the hints of IsZero free", async () => {
		const circuit = await stepCircuit(TINY_STUDY);
		const witness = await circuit.witness(inputOf(randomWeights(TINY_STUDY, "m"), randomBatch(TINY_STUDY, "m"), 512));
		const { survivors, tried } = mutateEach(circuit, witness);
		assert.ok(tried > 600, `${tried} signals`);
		// The stated values are the caller's: a weight of an activation that is 0 in both samples has no effect.
		const free = survivors
			.map(({ signal }) => signal)
			.filter((signal) => !signal.endsWith(".inv") && !signal.startsWith("main.compute["));
		assert.deepEqual(free, []);
	});
});
