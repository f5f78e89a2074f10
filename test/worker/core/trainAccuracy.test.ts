import assert from "node:assert/strict";
import { test } from "node:test";
import { newGlobalWeights } from "../../../worker/core/aggregation/weightedSums.ts";
import { simulateConsortium } from "../../../worker/core/dataset/consortium.ts";
import { quantizeRow, type Row } from "../../../worker/core/dataset/preprocess.ts";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { evaluate } from "../../../worker/core/metrics/evaluate.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { predict } from "../../../worker/core/training/predict.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const ROUNDS = 3;

test("three rounds of three hospitals reach AUC .985 and accuracy .95 on held-out rows for most seeds", async () => {
	const study = loadStudy();
	const rows = await loadWdbc();
	const toSample = ({ features, label }: Row): Sample => ({
		inputs: quantizeRow(features, study.preprocessing),
		label,
	});
	const learningRate = learningRateInteger(study.learningRate);
	const seeds = Array.from({ length: 8 }, (_, index) => `accuracy ${index}`);
	const results = seeds.map((seed) => {
		const split = simulateConsortium({ rows, hospitals: 3, batchSize: study.batchSize, maxBatches: 15, seed });
		const sets = split.hospitals.map((hospital, index) =>
			batchesOf(hospital.map(toSample), `${seed}/${index}`, study.batchSize),
		);
		let weights = initialWeights(study, seed);
		for (let round = 0; round < ROUNDS; round++) {
			const updates = sets.map((batches) => ({
				sampleCount: batches.length * study.batchSize,
				weights: trainRound({ study, weights, batches, beacon: 1000 * round + 7, learningRate, epochs: 1 }),
			}));
			const total = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
			const sums = weights.map((_, index) =>
				updates.reduce((sum, update) => sum + BigInt(update.sampleCount * (update.weights[index] ?? 0)), 0n),
			);
			weights = newGlobalWeights(sums, total);
		}
		const held = split.test.map(toSample);
		const { auc, accuracy } = evaluate({
			labels: held.map(({ label }) => label),
			probabilities: held.map(({ inputs }) => predict(study, weights, inputs)),
		});
		return { seed, auc: auc.value ?? 0, accuracy: accuracy.value ?? 0 };
	});
	const good = results.filter(({ auc, accuracy }) => auc >= 0.985 && accuracy >= 0.95);
	assert.ok(good.length >= 7, JSON.stringify(results));
});

const batchesOf = (samples: readonly Sample[], seed: string, batchSize: number): readonly (readonly Sample[])[] => {
	const shuffled = createRandom(seed).shuffle(samples);
	return Array.from({ length: Math.floor(samples.length / batchSize) }, (_, index) =>
		shuffled.slice(index * batchSize, (index + 1) * batchSize),
	);
};
