import assert from "node:assert/strict";
import { test } from "node:test";
import { readyBackend } from "../../../worker/adapters/tensorflow/backend.ts";
import { layersModelFiles, predictWithFiles } from "../../../worker/adapters/tensorflow/layersModelFiles.ts";
import { evaluateClasses } from "../../../worker/core/metrics/evaluateClasses.ts";
import { naturalFederation, simulatedBeacons, simulateFederation } from "../../../worker/core/simulate/federation.ts";
import { exactSums, simulateRound, simulateRounds } from "../../../worker/core/simulate/simulateRounds.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { learningRateInteger, type Study } from "../../../worker/protocol/study.ts";
import { digitsLikeSamples, loadDigitsLike } from "../../support/digitsLike.ts";
import { randomRing } from "../../support/randomRing.ts";
import { loadStudy } from "../../support/wdbc.ts";

const random = randomRing("simulate");
const study: Study = loadStudy();
const sample = (label = random.below(2)): Sample => ({
	inputs: Uint8Array.from({ length: 30 }, () => 96 + 32 * label + random.below(32)),
	label,
});
const samples = Array.from({ length: 240 }, () => sample());
const federation = simulateFederation({
	study,
	train: samples.slice(0, 180),
	test: samples.slice(180),
	hospitals: 3,
	partition: { kind: "size-skew" },
	seed: "s",
});
const base = { weights: initialWeights(study, standInDeployment("s")), state: [] };

test("a round is the weighted mean of the hospitals' exact training, rounded once", () => {
	const beacon = 4_000_000_001;
	const { model, steps, failed } = simulateRound(study, federation.hospitals, base, { round: 1, beacon });
	const learningRate = learningRateInteger(study.learningRate);
	const trained = federation.hospitals.map((batches) => ({
		count: BigInt(batches.length * study.batchSize),
		weights: trainRound({ study, weights: base.weights, batches, beacon, learningRate, epochs: study.epochs }),
	}));
	const total = trained.reduce((sum, { count }) => sum + count, 0n);
	model.weights.forEach((weight, index) => {
		const sum = trained.reduce((all, { count, weights }) => all + count * BigInt(weights[index] ?? 0), 0n);
		// The nearest integer to sum / total, halves up: 2 w - 1 <= 2 sum / total < 2 w + 1.
		const twice = 2n * BigInt(weight);
		assert.ok((twice - 1n) * total <= 2n * sum && 2n * sum < (twice + 1n) * total, `weight ${index}`);
	});
	assert.equal(steps, federation.hospitals.flat().length * study.epochs);
	assert.equal(failed, false);
	assert.notEqual(new Set(trained.map(({ count }) => count)).size, 1, "equal sizes would not show the weighting");
});

test("a hospital below the study's floor takes no part", () => {
	const [first = [], second = [], third = []] = federation.hospitals;
	const least = Math.max(...federation.hospitals.map((batches) => batches.length));
	const floors: Study = { ...study, minSamples: 8 * least, minBatches: 1, minUpdates: 1 };
	const beacon = 7;
	const all = simulateRound(floors, [first, second, third], base, { round: 1, beacon });
	const refused = federation.hospitals.flatMap((batches, hospital) => (batches.length < least ? [hospital] : []));
	assert.ok(refused.length > 0 && refused.length < 3);
	assert.deepEqual(
		all.refused.map(({ hospital, reason }) => [hospital, reason.startsWith("DATASET_TOO_SMALL")]),
		refused.map((hospital) => [hospital, true]),
	);
	const others = federation.hospitals.filter((batches) => batches.length >= least);
	assert.deepEqual(simulateRound(floors, others, base, { round: 1, beacon }).model, all.model);
});

test("the same seed gives the same models, another beacon others", () => {
	const run = (seed: string) => [
		...simulateRounds({ study, ...federation, initialModel: base, rounds: 3, beaconOf: simulatedBeacons(seed) }),
	];
	assert.deepEqual(run("a"), run("a"));
	assert.notDeepEqual(run("a").at(-1)?.model, run("b").at(-1)?.model);
	const beaconOf = simulatedBeacons("a");
	assert.deepEqual([beaconOf(3), beaconOf(1)], [simulatedBeacons("a")(3), simulatedBeacons("a")(1)]);
});

test("the study's server optimizer makes the step and keeps its state over the rounds", () => {
	const adaptive: Study = {
		...study,
		serverOptimizer: { kind: "fedadam", learningRate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 0.001 },
	};
	const options = { ...federation, initialModel: base, rounds: 2, beaconOf: simulatedBeacons("a") };
	const [first, second] = [...simulateRounds({ study: adaptive, ...options })];
	const [plain] = [...simulateRounds({ study, ...options })];
	assert.equal(first?.model.state.length, 2);
	assert.notDeepEqual(first?.model.weights, plain?.model.weights);
	assert.notDeepEqual(second?.model.state, first?.model.state);
});

test("what could not be proven is left out and named: an overflow, and an update over the norm bound", () => {
	const wild = base.weights.map((weight) => (weight >= 0 ? 500_000 : -500_000));
	const beacon = 1;
	const overflow = simulateRound(study, federation.hospitals, { weights: wild, state: [] }, { round: 1, beacon });
	assert.ok(overflow.refused.length > 0);
	assert.match(overflow.refused[0]?.reason ?? "", /TRAINING_OVERFLOW/);
	assert.equal(overflow.failed, true);
	assert.deepEqual(overflow.model.weights, wild);
	const { updateNorms } = simulateRound(study, federation.hospitals, base, { round: 1, beacon });
	const norms = updateNorms.map((norm) => norm ?? 0).toSorted((a, b) => a - b);
	// Between the smallest update and the next: two are refused.
	const bounded = { ...study, updateNormBound: ((norms[0] ?? 0) + (norms[1] ?? 0)) / 2 };
	const limited = simulateRound(bounded, federation.hospitals, base, { round: 1, beacon });
	assert.equal(limited.refused.length, 2);
	assert.match(limited.refused[0]?.reason ?? "", /update norm .* over the bound/);
	assert.equal(limited.failed, true);
	const enough = simulateRound({ ...bounded, minUpdates: 1 }, federation.hospitals, base, { round: 1, beacon });
	assert.equal(enough.failed, false);
	assert.notDeepEqual(enough.model.weights, base.weights);
});

test("sums stay exact at the limits of the encryption", () => {
	const extreme = -(2 ** 19);
	const { sums, sampleSum } = exactSums([
		{ weights: [extreme, 2 ** 19 - 1], sampleCount: 32_760 },
		{ weights: [extreme, 2 ** 19 - 1], sampleCount: 8 },
	]);
	assert.equal(sampleSum, 32_768);
	assert.deepEqual(sums, [BigInt(extreme) * 32_768n, BigInt(2 ** 19 - 1) * 32_768n]);
});

test("hospitals that are there already keep their rows; too few rows are refused", () => {
	const rows = (count: number) => ({ train: samples.slice(0, count), test: samples.slice(200, 210) });
	const natural = naturalFederation({ study, hospitals: [rows(40), rows(15)], seed: "n" });
	assert.deepEqual(
		natural.hospitals.map((batches) => batches.length),
		[5, 1],
	);
	assert.deepEqual(
		natural.testParts.map((part) => part.length),
		[10, 10],
	);
	assert.equal(
		natural.classCounts[0]?.reduce((sum, count) => sum + count, 0),
		40,
	);
	assert.throws(() => naturalFederation({ study, hospitals: [rows(40), rows(7)], seed: "n" }), /hospital 2 has 7 rows/);
});

test("four classes with softmax: the federation learns, and the exported layers predict the same", async () => {
	const digits = loadDigitsLike();
	const rows = digitsLikeSamples(600, "simulated federation");
	const ten = simulateFederation({
		study: digits,
		train: rows.slice(0, 480),
		test: rows.slice(480),
		hospitals: 3,
		partition: { kind: "dirichlet", alpha: 2 },
		seed: "ten",
	});
	const weights = initialWeights(digits, standInDeployment("digits"));
	const initialModel = { weights, state: [] };
	const rounds = [
		...simulateRounds({ study: digits, ...ten, initialModel, rounds: 6, beaconOf: simulatedBeacons("ten") }),
	];
	const held = rows.slice(480);
	const evaluateOn = (model: readonly number[]) => {
		const predict = createPredictor(digits, model);
		const probabilities = held.map(({ inputs }) => predict(inputs).probabilities);
		return {
			probabilities,
			...evaluateClasses({
				labels: held.map(({ label }) => label),
				probabilities,
				classes: digits.classes.length,
				resamples: 0,
			}),
		};
	};
	const trained = rounds.at(-1)?.model.weights ?? [];
	const [before, after] = [evaluateOn(weights), evaluateOn(trained)];
	assert.ok(
		(after.auc.value ?? 0) > 0.9 && (after.auc.value ?? 0) > (before.auc.value ?? 1),
		`${before.auc.value}, ${after.auc.value}`,
	);
	assert.equal(after.confusion.length, 4);
	await readyBackend();
	const floats = await predictWithFiles(
		digits,
		await layersModelFiles(digits, trained),
		held.map(({ inputs }) => inputs),
	);
	after.probabilities.forEach((each, index) => {
		each.forEach((value, label) => {
			assert.ok(Math.abs(value - (floats[index]?.[label] ?? 9)) < 0.05, `sample ${index}, class ${label}`);
		});
	});
});
