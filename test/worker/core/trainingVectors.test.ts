import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import type { TrainedStudy } from "../../../worker/core/training/architecture.ts";
import { createPredictor, predict } from "../../../worker/core/training/predict.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { startOfRound, trainStep } from "../../../worker/core/training/trainStep.ts";
import { loadStudy } from "../../support/wdbc.ts";
import vectors from "../../vectors/training.json" with { type: "json" };

test("the default study trains and predicts as it always has, bit for bit", () => {
	const study = loadStudy();
	const random = createRandom("vectors/training");
	const batches = Array.from({ length: 5 }, () =>
		Array.from({ length: 8 }, () => ({
			inputs: Uint8Array.from({ length: 30 }, () => random.below(256)),
			label: random.below(2),
		})),
	);
	const { initial } = vectors.wdbc;
	const weights = trainRound({ study, weights: initial, batches, beacon: 3, learningRate: 512, epochs: 2 });
	assert.deepEqual(weights, vectors.wdbc.weights);
	const probabilities = batches[0]?.map(({ inputs }) => predict(study, weights, inputs));
	assert.deepEqual(probabilities, vectors.wdbc.probabilities);
});

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

for (const { name, study: written, weights, steps, prediction } of vectors.cases) {
	test(`known answers: ${name}`, () => {
		const study = written as unknown as TrainedStudy;
		let state = startOfRound(study, weights);
		for (const { learningRate, batch, ...expected } of steps) {
			const samples = batch.map(({ inputs, label }) => ({ inputs: bytes(inputs), label }));
			state = trainStep(study, state, samples, learningRate);
			assert.deepEqual(state, expected);
		}
		const { logits, probabilities } = createPredictor(study, state.weights)(bytes(prediction.inputs));
		assert.deepEqual(
			logits,
			prediction.logits.map((logit) => logit / 2 ** prediction.logitScaleBits),
		);
		if (prediction.sigmoid !== undefined) assert.equal(probabilities[1], Number(prediction.sigmoid) / 2 ** 40);
		const e = (prediction.exponentials ?? []).map(Number);
		const sum = e.reduce((total, value) => total + value, 0);
		for (const [k, value] of e.entries()) assert.equal(probabilities[k], value / sum);
	});
}
