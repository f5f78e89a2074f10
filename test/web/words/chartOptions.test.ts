import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lineOptions } from "../../../web/components/charts/options.ts";
import type { ChartData } from "../../../web/lib/words/chart.ts";

const LOOK = { colours: ["red", "blue"], text: "black", line: "grey", surface: "white" };
const DATA: ChartData = {
	xName: "Round",
	decimals: 2,
	limits: [0, 1],
	series: ["AUC", "Accuracy"].map((name, index) => ({
		name,
		points: [1, 2].map((x) => ({ x, y: 0.9 + index / 100, interval: [0.8, 1] as const })),
	})),
};

const seriesOf = (data: ChartData) => {
	const { series } = lineOptions(data, LOOK);
	return Array.isArray(series) ? series : [series];
};

describe("the options of a line chart", () => {
	it("series differ in symbol and dash, not in colour alone", () => {
		const lines = seriesOf(DATA).filter((line) => line?.name !== undefined);
		assert.equal(lines.length, 2);
		assert.equal(new Set(lines.map((line) => line?.symbol)).size, 2);
		assert.equal(new Set(lines.map((line) => line?.lineStyle?.type)).size, 2);
	});

	it("each interval is a band of its own behind its line, which can't be pointed at", () => {
		const bands = seriesOf(DATA).filter((line) => line?.stack !== undefined);
		assert.equal(new Set(bands.map((line) => line?.stack)).size, 2);
		assert.ok(bands.every((line) => line?.silent === true));
		const [low, height] = bands;
		assert.deepEqual(low?.data, [
			[1, 0.8],
			[2, 0.8],
		]);
		assert.deepEqual(
			height?.data?.map((point) => (point as number[])[1]?.toFixed(3)),
			["0.200", "0.200"],
		);
	});

	it("tooltips are drawn, never HTML; they say the values with their intervals", () => {
		const { tooltip } = lineOptions(DATA, LOOK);
		assert.ok(tooltip !== undefined && !Array.isArray(tooltip));
		assert.equal(tooltip.renderMode, "richText");
		assert.ok(typeof tooltip.formatter === "function");
		const text = tooltip.formatter([{ axisValue: 2 }] as never, "", () => undefined);
		assert.equal(text, "Round 2\nAUC: 0.90 (0.80 to 1.00)\nAccuracy: 0.91 (0.80 to 1.00)");
	});

	it("does not move", () => {
		assert.equal(lineOptions(DATA, LOOK).animation, false);
	});
});
