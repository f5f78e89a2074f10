import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ChartData, summary, tableRows } from "../../../web/lib/words/chart.ts";

const DATA: ChartData = {
	xName: "Round",
	decimals: 3,
	series: [
		{ name: "AUC", points: [{ x: 4, y: 0.9961, interval: [0.99, 1] }] },
		{
			name: "Accuracy",
			points: [
				{ x: 0, y: 0.5 },
				{ x: 4, y: 0.976 },
			],
		},
		{ name: "Nothing", points: [] },
	],
};

describe("what a chart shows", () => {
	it("is the same as a table: a row for each x, no value where a series has none", () => {
		assert.deepEqual(tableRows(DATA), [
			{ x: 0, values: [undefined, "0.500", undefined] },
			{ x: 4, values: ["0.996 (0.990 to 1.000)", "0.976", undefined] },
		]);
	});

	it("is told in words", () => {
		assert.equal(summary(DATA), "AUC: 0.996 at round 4. Accuracy: from 0.500 at round 0 to 0.976 at round 4.");
	});
});
