import assert from "node:assert/strict";
import { test } from "node:test";
import type { Estimate } from "../../../worker/core/metrics/estimate.ts";
import { evaluate } from "../../../worker/core/metrics/evaluate.ts";
import vectors from "../../vectors/metrics.json" with { type: "json" };

const close = (actual: number | null | undefined, expected: number, name: string): void => {
	assert.ok(typeof actual === "number" && Math.abs(actual - expected) < 1e-12, `${name}: ${actual}, not ${expected}`);
};

const closeEstimate = (actual: Estimate, value: number, interval: readonly number[], name: string): void => {
	close(actual.value, value, name);
	close(actual.interval?.low, interval[0] as number, `${name}, low`);
	close(actual.interval?.high, interval[1] as number, `${name}, high`);
	assert.equal(actual.reason, null);
};

for (const expected of vectors.cases) {
	test(`equals scikit-learn and statsmodels: ${expected.name}`, () => {
		const actual = evaluate(expected);
		closeEstimate(actual.auc, expected.auc, expected.aucInterval, "AUC");
		closeEstimate(actual.accuracy, expected.accuracy, expected.accuracyInterval, "accuracy");
		closeEstimate(actual.sensitivity, expected.sensitivity, expected.sensitivityInterval, "sensitivity");
		closeEstimate(actual.specificity, expected.specificity, expected.specificityInterval, "specificity");
		close(actual.balancedAccuracy, expected.balancedAccuracy, "balanced accuracy");
		close(actual.brier, expected.brier, "Brier");
		close(actual.ece, expected.ece, "ECE");
		assert.deepEqual(actual.confusion, expected.confusion);
	});
}

test("AUC does not change when samples are reordered or scores are stretched", () => {
	const [{ labels, probabilities } = { labels: [], probabilities: [] }] = vectors.cases;
	const plain = evaluate({ labels, probabilities }).auc;
	const reversed = evaluate({ labels: labels.toReversed(), probabilities: probabilities.toReversed() }).auc;
	const stretched = evaluate({ labels, probabilities: probabilities.map((value) => value ** 3) }).auc;
	closeEstimate(
		reversed,
		plain.value as number,
		[plain.interval?.low as number, plain.interval?.high as number],
		"reversed",
	);
	close(stretched.value, plain.value as number, "stretched");
});

test("one class only: what is undefined is null and says why, the rest is there", () => {
	const negative = evaluate({ labels: [0, 0, 0], probabilities: [0.1, 0.2, 0.9] });
	assert.deepEqual(negative.auc, { value: null, interval: null, reason: "the samples are all negative" });
	assert.equal(negative.sensitivity.value, null);
	assert.equal(negative.balancedAccuracy, null);
	close(negative.specificity.value, 2 / 3, "specificity");
	close(negative.brier, (0.01 + 0.04 + 0.81) / 3, "Brier");
	const positive = evaluate({ labels: [1], probabilities: [1] });
	assert.equal(positive.auc.reason, "the samples are all positive");
	assert.equal(positive.specificity.value, null);
	assert.equal(positive.ece, 0);
});

test("one sample of a class: an AUC without an interval", () => {
	const { auc } = evaluate({ labels: [1, 0, 0], probabilities: [0.5, 0.2, 0.7] });
	assert.equal(auc.value, 0.5);
	assert.equal(auc.interval, null);
	assert.notEqual(auc.reason, null);
});

test("the threshold itself counts as positive", () => {
	const { confusion } = evaluate({ labels: [1, 0], probabilities: [0.5, 0.5] });
	assert.deepEqual(confusion, { truePositive: 1, falsePositive: 1, trueNegative: 0, falseNegative: 0 });
	assert.equal(evaluate({ labels: [1, 0], probabilities: [0.5, 0.5], threshold: 0.6 }).confusion.falseNegative, 1);
});

test("bad input is refused", () => {
	for (const [labels, probabilities] of [
		[[], []],
		[[1], []],
		[[2], [0.5]],
		[[1], [1.01]],
		[[1], [Number.NaN]],
	] as const) {
		assert.throws(() => evaluate({ labels, probabilities }), RangeError);
	}
});
