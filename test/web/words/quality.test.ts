import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { summary, tableRows } from "../../../web/lib/words/chart.ts";
import { qualityChart } from "../../../web/lib/words/quality.ts";

const MODELS = [
	{ modelId: 1n, roundId: 0n },
	{ modelId: 2n, roundId: 1n },
	{ modelId: 5n, roundId: 4n },
];

const METRICS = new Map([
	[
		1n,
		{
			auc: { value: null, interval: null, reason: "one class" },
			accuracy: { value: 0.5, interval: null, reason: null },
		},
	],
	[
		5n,
		{
			auc: { value: 0.9961, interval: { low: 0.99, high: 1 }, reason: null },
			accuracy: { value: 0.976, interval: null, reason: null },
		},
	],
]);

describe("the quality of models by round", () => {
	const data = qualityChart(MODELS, (modelId) => METRICS.get(modelId));

	it("has a row for each model that is evaluated, and no value where none is defined", () => {
		assert.deepEqual(tableRows(data), [
			{ x: 0, values: [undefined, "0.500"] },
			{ x: 4, values: ["0.996 (0.990 to 1.000)", "0.976"] },
		]);
	});

	it("is told in words", () => {
		assert.equal(summary(data), "AUC: 0.996 at round 4. Accuracy: from 0.500 at round 0 to 0.976 at round 4.");
	});
});
