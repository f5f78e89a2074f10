import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { type TrainedStudy, trainedArchitecture } from "../../../worker/core/training/architecture.ts";
import { forward } from "../../../worker/core/training/forward.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { predict } from "../../../worker/core/training/predict.ts";
import { segmentInput } from "../../../worker/core/training/segmentInput.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { trainStep } from "../../../worker/core/training/trainStep.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { plainForward, plainSigmoid, plainStep } from "../../support/plainTraining.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import {
	randomBatch,
	randomDataset,
	randomSegment,
	randomWeights,
	TINY_STUDY,
} from "../../support/trainingInstance.ts";
import { loadStudy } from "../../support/wdbc.ts";

const WDBC = loadStudy();
const IMAGE: TrainedStudy = {
	input: { height: 7, width: 6, channels: 2 },
	convolution: { kernelHeight: 3, kernelWidth: 2, strideHeight: 2, strideWidth: 3, filters: 3 },
	batchSize: 4,
};

const overflows = (run: () => unknown): void => {
	throwsWithCode(run, "TRAINING_OVERFLOW");
};

for (const [name, study] of [
	["table", WDBC],
	["image", IMAGE],
	["tiny", TINY_STUDY],
] as const) {
	test(`a step on a ${name} equals the protocol's text, and overflows where it does`, () => {
		const random = createRandom(name);
		let overflowed = 0;
		for (let seed = 0; seed < 60; seed++) {
			const weights = randomWeights(study, `${seed}`, [0.3, 1, 3, 7.9][seed % 4]);
			const batch = randomBatch(study, `${seed}`);
			const learningRate = [1, 512, 4095, 1 + random.below(4095)][random.below(4)] as number;
			const expected = plainStep(study, weights, batch, learningRate);
			if (expected === null) {
				overflowed++;
				overflows(() => trainStep(study, weights, batch, learningRate));
			} else assert.deepEqual(trainStep(study, weights, batch, learningRate), expected);
			const { inputs } = batch[0] as (typeof batch)[0];
			const { l } = plainForward(study, weights, inputs);
			assert.equal(forward(study, weights, inputs).logit, Number(l) / 2 ** 16);
			assert.equal(predict(study, weights, inputs), Number(plainSigmoid(l)) / 2 ** 40);
		}
		assert.ok(overflowed > 0 && overflowed < 40, `${overflowed} of 60 overflowed`);
	});
}

test("a pre-activation and a weight overflow exactly at their limits", () => {
	// One tap: z = x * v + bias * 2^7 with x = -128.
	const study: TrainedStudy = {
		input: { height: 1, width: 1, channels: 1 },
		convolution: { kernelHeight: 1, kernelWidth: 1, strideHeight: 1, strideWidth: 1, filters: 1 },
		batchSize: 1,
	};
	const train = (weights: readonly number[], input = 0, label: 0 | 1 = 0, rate = 4095) =>
		trainStep(study, weights, [{ inputs: Uint8Array.of(input), label }], rate);
	// z = 2048 * 128 + 2048 * 128 = 2^19: one above the largest; one unit less fits.
	overflows(() => train([-(2 ** 19), 2 ** 19 - 1, 0, 0], 0, 0, 1));
	assert.equal(train([-(2 ** 19), 2 ** 19 - 129, 0, 0], 0, 0, 1).length, 4);
	// The dense bias moves by eta / 2 = 4095 * 2^5.
	assert.equal(train([0, 0, 0, 0], 128, 0)[3], -4095 * 32);
	// Near 8 and -8 the gradient still moves a bias outwards by 88 units; inwards it may go.
	const top = 2 ** 19 - 1;
	overflows(() => train([0, 0, 0, top], 128, 1));
	overflows(() => train([0, 0, 0, -top - 1], 128, 0));
	assert.equal(train([0, 0, 0, top - 88], 128, 1)[3], top);
	assert.equal(train([0, 0, 0, 88 - top - 1], 128, 0)[3], -top - 1);
});

test("sizes and learning rates are checked", () => {
	const batch = randomBatch(TINY_STUDY, "a");
	const weights = randomWeights(TINY_STUDY, "a");
	assert.throws(() => trainStep(TINY_STUDY, weights.slice(1), batch, 512), RangeError);
	assert.throws(() => trainStep(TINY_STUDY, weights, batch.slice(1), 512), RangeError);
	for (const rate of [0, 4096, 0.5]) assert.throws(() => trainStep(TINY_STUDY, weights, batch, rate), RangeError);
	const large = { ...IMAGE, input: { height: 64, width: 64, channels: 16 }, batchSize: 32 as const };
	const dense = { ...large, convolution: { ...IMAGE.convolution, strideHeight: 1, strideWidth: 1, filters: 32 } };
	throwsWithCode(() => trainedArchitecture(dense), "STUDY_INVALID");
});

test("a round follows the beacon and the epochs", () => {
	const { batches } = randomDataset(TINY_STUDY, "round", 3);
	const weights = randomWeights(TINY_STUDY, "round");
	const options = { study: TINY_STUDY, weights, batches, learningRate: 512 };
	const order = [1, 2, 0, 1, 2, 0];
	let expected = weights;
	for (const index of order) expected = trainStep(TINY_STUDY, expected, batches[index] ?? [], 512);
	assert.deepEqual(trainRound({ ...options, beacon: 4, epochs: 2 }), expected);
	assert.deepEqual(trainRound({ ...options, beacon: 2 ** 32 - 3, epochs: 2 }), expected);
	assert.notDeepEqual(trainRound({ ...options, beacon: 5, epochs: 2 }), expected);
	assert.throws(() => trainRound({ ...options, batches: [], beacon: 0, epochs: 1 }), RangeError);
});

test("segments chain to the round's weights, the last one with idle steps", () => {
	const options = randomSegment(TINY_STUDY, "chain", { beacon: 7, totalSteps: 3 });
	const first = segmentInput(options);
	const second = segmentInput({ ...options, weightsIn: first.weightsOut, saltIn: options.saltOut, firstStep: 2 });
	const { batches } = options.dataset;
	const trained = trainRound({
		study: TINY_STUDY,
		weights: options.weightsIn,
		batches,
		beacon: 7,
		learningRate: 512,
		epochs: 1,
	});
	assert.deepEqual(second.weightsOut, trained);
	assert.equal(second.input.commitmentIn, first.input.commitmentOut);
	assert.equal(second.input.commitmentOut, commitWeights(trained, options.saltOut));
	assert.deepEqual(second.input.inputs[1]?.flat(), Array(12).fill(128n));
	assert.throws(() => segmentInput({ ...options, firstStep: 3 }), RangeError);
});

test("initial weights: deterministic, within He's limits, biases 0", () => {
	const weights = initialWeights(WDBC, "known answer");
	const { kernelCount, taps, activations } = architectureOf(WDBC);
	assert.deepEqual(initialWeights(WDBC, "known answer"), weights);
	assert.notDeepEqual(initialWeights(WDBC, "another"), weights);
	const within = (part: readonly number[], fanIn: number): void => {
		const limit = Math.sqrt(6 / fanIn) * 65536;
		assert.ok(part.every((weight) => Number.isInteger(weight) && Math.abs(weight) <= limit));
		assert.ok(part.some((weight) => Math.abs(weight) > limit / 2));
	};
	within(weights.slice(0, kernelCount), taps);
	within(weights.slice(kernelCount + 4, -1), activations);
	assert.deepEqual([...weights.slice(kernelCount, kernelCount + 4), weights.at(-1)], [0, 0, 0, 0, 0]);
	assert.deepEqual(weights.slice(0, 4), [41256, -50327, -32942, -48105]);
});
