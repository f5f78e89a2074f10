import assert from "node:assert/strict";
import { test } from "node:test";
import { segmentInput } from "../../../worker/core/training/segmentInput.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { startOfRound, staysInRange, trainStep } from "../../../worker/core/training/trainStep.ts";
import { commitVelocity, commitWeights } from "../../../worker/protocol/packing.ts";
import {
	datasetOf,
	POOLED_STUDY,
	randomDataset,
	randomSegment,
	randomWeights,
	TINY_STUDY,
	type TinyStudy,
} from "../../support/trainingInstance.ts";

const dense = (units: number) => ({ kind: "dense", units }) as const;
const DENSE: TinyStudy["layers"] = [dense(1), { kind: "relu" }, dense(3), { kind: "relu" }, dense(1)];

test("a round follows the beacon and the epochs", () => {
	for (const study of [TINY_STUDY, POOLED_STUDY]) {
		const { batches } = randomDataset(study, "round", 3);
		const weights = randomWeights(study, "round", 0.3);
		const options = { study, weights, batches, learningRate: 512 };
		const order = [1, 2, 0, 1, 2, 0];
		let state = startOfRound(study, weights);
		for (const index of order) state = trainStep(study, state, batches[index] ?? [], 512);
		assert.deepEqual(trainRound({ ...options, beacon: 4, epochs: 2 }), state.weights);
		assert.deepEqual(trainRound({ ...options, beacon: 2 ** 32 - 3, epochs: 2 }), state.weights);
		assert.notDeepEqual(trainRound({ ...options, beacon: 5, epochs: 2 }), state.weights);
		assert.throws(() => trainRound({ ...options, batches: [], beacon: 0, epochs: 1 }), RangeError);
	}
});

test("segments chain to the round's weights, the last one with idle steps", () => {
	const options = randomSegment(TINY_STUDY, "chain", { beacon: 7, totalSteps: 3 });
	const first = segmentInput(options);
	assert.equal(first.saltOut, options.secretOut);
	const second = segmentInput({ ...options, weightsIn: first.weightsOut, saltIn: first.saltOut, firstStep: 2 });
	const { weightsIn: weights, dataset } = options;
	const { batches } = dataset;
	const trained = trainRound({ study: TINY_STUDY, weights, batches, beacon: 7, learningRate: 512, epochs: 1 });
	assert.deepEqual(second.weightsOut, trained);
	assert.equal(second.input.commitmentIn, first.input.commitmentOut);
	assert.equal(second.input.commitmentOut, commitWeights(trained, options.secretOut));
	assert.deepEqual(second.input.inputs[1]?.flat(), Array(12).fill(128n));
	assert.equal("velocity" in second.input, false);
	assert.throws(() => segmentInput({ ...options, firstStep: 3 }), RangeError);
	assert.throws(() => segmentInput({ ...options, velocityIn: weights, blindIn: 1n }), RangeError);
});

test("with momentum the salt between segments carries the velocity", () => {
	const weightsIn = randomWeights(POOLED_STUDY, "salts", 0.3);
	const options = randomSegment(POOLED_STUDY, "salts", { beacon: 7, totalSteps: 3, weightsIn, secretOut: 55n });
	const first = segmentInput(options);
	const { velocityOut = [], weightsOut, saltOut } = first;
	assert.ok(velocityOut.some((value) => value !== 0));
	assert.equal(saltOut, commitVelocity(velocityOut, 55n));
	assert.equal(first.input.commitmentOut, commitWeights(weightsOut, saltOut));
	assert.deepEqual(first.input.velocity, Array(weightsIn.length).fill(0n));
	const next = { ...options, weightsIn: weightsOut, saltIn: saltOut, firstStep: 2, secretOut: 77n };
	const second = segmentInput({ ...next, velocityIn: velocityOut, blindIn: 55n });
	assert.deepEqual(second.input.velocity, velocityOut.map(BigInt));
	assert.deepEqual(second.input.velocityBlinds, [55n, 77n]);
	const { batches } = options.dataset;
	const run = { study: POOLED_STUDY, weights: weightsIn, batches, beacon: 7, learningRate: 512, epochs: 1 };
	assert.deepEqual(second.weightsOut, trainRound(run));
	// The idle step forgot the velocity: the last salt commits to zeros.
	assert.equal(second.saltOut, commitVelocity(Array(weightsIn.length).fill(0), 77n));
	assert.throws(() => segmentInput(next), RangeError);
	assert.throws(() => segmentInput({ ...next, velocityIn: velocityOut }), RangeError);
});

test("an idle step takes a batch that stays in range where the neutral one does not", () => {
	const study: TinyStudy = { ...TINY_STUDY, layers: DENSE, datasetDepth: 1 };
	// Neutral inputs leave the first bias alone, 3; times 7 that is out of range behind it. Inputs of -1 lower it to 0.
	const weightsIn = [1, 1, 1, 1, 1, 1, 3, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0].map((real) => real * 2 ** 16);
	const batch = [0, 1].map((label) => ({ inputs: new Uint8Array(6), label }));
	const options = randomSegment(study, "idle", {
		dataset: datasetOf(study, [batch], [1n]),
		weightsIn,
		totalSteps: 1,
		learningRate: 1,
	});
	const { input } = segmentInput(options);
	assert.deepEqual(input.inputs[1], input.inputs[0]);
	assert.ok(!staysInRange(study, weightsIn, [{ inputs: new Uint8Array(6).fill(128), label: 0 }]));
});
