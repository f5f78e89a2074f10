import assert from "node:assert/strict";
import { test } from "node:test";
import { areaUnderRoc } from "../../../worker/core/metrics/auc.ts";
import { bootstrapIntervals } from "../../../worker/core/metrics/bootstrap.ts";
import { evaluateClasses } from "../../../worker/core/metrics/evaluateClasses.ts";
import { evaluateHospitals } from "../../../worker/core/metrics/evaluateHospitals.ts";
import { weightedAreaUnderRoc } from "../../../worker/core/metrics/weightedAuc.ts";
import { randomRing } from "../../support/randomRing.ts";
import vectors from "../../vectors/metricsClasses.json" with { type: "json" };

const close = (actual: number | null | undefined, expected: number, name: string): void => {
	assert.ok(typeof actual === "number" && Math.abs(actual - expected) < 1e-12, `${name}: ${actual}, not ${expected}`);
};

/** Probabilities that predict these classes for sure. */
const certain = (predicted: readonly number[], classes: number) =>
	predicted.map((label) => Array.from({ length: classes }, (_, index) => Number(index === label)));

for (const expected of vectors.cases) {
	test(`equals scikit-learn: ${expected.name}`, () => {
		const actual = evaluateClasses(expected);
		close(actual.auc.value, expected.auc, "macro AUC");
		expected.aucByClass.forEach((auc, label) => {
			close(actual.aucByClass[label]?.value, auc, `AUC of class ${label}`);
		});
		close(actual.accuracy.value, expected.accuracy, "accuracy");
		close(actual.balancedAccuracy.value, expected.balancedAccuracy, "balanced accuracy");
		expected.sensitivity.forEach((share, label) => {
			close(actual.sensitivity[label]?.value, share, `sensitivity ${label}`);
		});
		close(actual.brier.value, expected.brier, "Brier");
		close(actual.ece, expected.ece, "ECE");
		assert.deepEqual(actual.confusion, expected.confusion);
		for (const { value, interval, reason } of [actual.auc, actual.balancedAccuracy, actual.brier]) {
			assert.ok(value !== null && interval !== null && interval.low < value && value < interval.high);
			assert.equal(reason, null);
		}
	});
}

// Examples of scikit-learn's documentation (1.9): sklearn.metrics.roc_auc_score, brier_score_loss, balanced_accuracy_score, accuracy_score,
// confusion_matrix and recall_score.
test("the examples of scikit-learn's documentation", () => {
	const scores = [0.1, 0.4, 0.35, 0.8];
	const auc = evaluateClasses({ labels: [0, 0, 1, 1], probabilities: scores.map((p) => [1 - p, p]), classes: 2 });
	close(auc.auc.value, 0.75, "roc_auc_score");
	const forecasts = [0.1, 0.9, 0.8, 0.3];
	const brier = evaluateClasses({ labels: [0, 1, 1, 0], probabilities: forecasts.map((p) => [1 - p, p]), classes: 2 });
	close(brier.brier.value, 0.0375, "brier_score_loss");
	const binary = evaluateClasses({
		labels: [0, 1, 0, 0, 1, 0],
		probabilities: certain([0, 1, 0, 0, 0, 1], 2),
		classes: 2,
	});
	close(binary.balancedAccuracy.value, 0.625, "balanced_accuracy_score");
	close(
		evaluateClasses({ labels: [0, 1, 2, 3], probabilities: certain([0, 2, 1, 3], 4), classes: 4 }).accuracy.value,
		0.5,
		"accuracy_score",
	);
	assert.deepEqual(
		evaluateClasses({ labels: [2, 0, 2, 2, 0, 1], probabilities: certain([0, 0, 2, 2, 0, 2], 3), classes: 3 })
			.confusion,
		[
			[2, 0, 0],
			[0, 0, 1],
			[1, 0, 2],
		],
	);
	const recall = evaluateClasses({
		labels: [0, 1, 2, 0, 1, 2],
		probabilities: certain([0, 2, 1, 0, 0, 1], 3),
		classes: 3,
	});
	assert.deepEqual(
		recall.sensitivity.map(({ value }) => value),
		[1, 0, 0],
	);
});

test("two classes: the binary evaluation, its DeLong interval and threshold", () => {
	const labels = [0, 1, 0, 1, 1, 0];
	const positive = [0.2, 0.5, 0.5, 0.9, 0.4, 0.1];
	const actual = evaluateClasses({ labels, probabilities: positive.map((p) => [1 - p, p]), classes: 2 });
	assert.deepEqual(actual.auc, actual.binary?.auc);
	assert.deepEqual(actual.sensitivity, [actual.binary?.specificity, actual.binary?.sensitivity]);
	assert.equal(actual.accuracy.value, actual.binary?.accuracy.value);
	assert.equal(actual.brier.value, actual.binary?.brier);
	assert.deepEqual(actual.confusion, [
		[2, 1],
		[1, 2],
	]);
});

test("a bootstrap interval covers: of 100 draws from a known population, about 95 intervals hold its value", () => {
	const random = randomRing("coverage");
	const share = 0.7;
	let covered = 0;
	for (let trial = 0; trial < 100; trial++) {
		const values = Array.from({ length: 60 }, () => Number(random.below(1000) < 1000 * share));
		const measure = (counts: Uint32Array) =>
			values.reduce((sum, value, index) => sum + value * (counts[index] ?? 0), 0) / 60;
		const [interval] = bootstrapIntervals(
			values.map(() => 0),
			[measure],
			{ resamples: 200, seed: String(trial) },
		);
		if (interval !== undefined && interval.low <= share && share <= interval.high) covered++;
	}
	assert.ok(covered >= 88, `${covered} of 100`);
});

test("the same samples give the same intervals; none are made when none are asked for", () => {
	const [{ labels, probabilities, classes } = assert.fail()] = vectors.cases;
	assert.deepEqual(
		evaluateClasses({ labels, probabilities, classes }),
		evaluateClasses({ labels, probabilities, classes }),
	);
	const bare = evaluateClasses({ labels, probabilities, classes, resamples: 0 });
	assert.equal(bare.auc.interval, null);
	assert.equal(bare.brier.reason, "no bootstrap was made");
});

test("weighted AUC equals the AUC of samples written out as often as they count", () => {
	const random = randomRing("weighted AUC");
	for (let trial = 0; trial < 50; trial++) {
		const scores = Array.from({ length: 30 }, () => random.below(12));
		const labels = scores.map((_, index) => (index < 2 ? index : random.below(2)));
		const counts = Uint32Array.from(scores, () => random.below(4));
		counts.fill(1, 0, 2);
		const of = (label: number) =>
			scores.flatMap((score, index) =>
				labels[index] === label ? new Array<number>(counts[index] ?? 0).fill(score) : [],
			);
		close(
			weightedAreaUnderRoc(scores, (index) => labels[index] === 1)(counts),
			areaUnderRoc(of(1), of(0)).value ?? Number.NaN,
			"AUC",
		);
	}
});

test("a missing class: what is undefined says why", () => {
	const probabilities = [
		[0.5, 0.3, 0.2],
		[0.1, 0.8, 0.1],
		[0.4, 0.4, 0.2],
	];
	const actual = evaluateClasses({ labels: [0, 1, 1], probabilities, classes: 3 });
	assert.equal(actual.auc.value, null);
	assert.match(actual.auc.reason ?? "", /negative/);
	assert.equal(actual.balancedAccuracy.value, null);
	assert.match(actual.balancedAccuracy.reason ?? "", /no sample of class 2/);
	// Of equals, the first class is predicted.
	assert.deepEqual(actual.confusion, [
		[1, 0, 0],
		[1, 1, 0],
		[0, 0, 0],
	]);
});

test("the worst hospital is the one with the lowest AUC, or accuracy where no AUC exists", () => {
	const outcome = (labels: readonly number[], positive: readonly number[]) => ({
		labels,
		probabilities: positive.map((p) => [1 - p, p]),
	});
	const good = outcome([0, 1], [0.1, 0.9]);
	const bad = outcome([0, 1], [0.9, 0.1]);
	const single = outcome([1, 1], [0.1, 0.1]);
	const evaluateAll = (hospitals: readonly ReturnType<typeof outcome>[]) =>
		evaluateHospitals({ classes: 2, pooled: good, hospitals, resamples: 0 });
	assert.equal(evaluateAll([good, bad, single]).worst, 1);
	assert.equal(evaluateAll([outcome([1], [0.9]), single]).worst, 1);
	assert.equal(evaluateAll([]).worst, null);
	assert.equal(evaluateAll([good]).pooled.auc.value, 1);
});

test("what is no prediction is refused", () => {
	for (const changes of [
		{ labels: [] },
		{ labels: [0, 2] },
		{ labels: [0.5, 1] },
		{ classes: 1 },
		{ probabilities: [[1], [1]] },
		{
			probabilities: [
				[0.5, 0.4],
				[0.5, 0.5],
			],
		},
		{
			probabilities: [
				[1.5, -0.5],
				[0.5, 0.5],
			],
		},
		{
			probabilities: [
				[Number.NaN, 0.5],
				[0.5, 0.5],
			],
		},
	]) {
		const base = {
			labels: [0, 1],
			probabilities: [
				[0.5, 0.5],
				[0.4, 0.6],
			],
			classes: 2,
		};
		assert.throws(() => evaluateClasses({ ...base, ...changes }), RangeError);
	}
});
