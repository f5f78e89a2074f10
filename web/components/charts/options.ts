/** ECharts' options of a line chart. Series differ in symbol and dash as well as in colour. */
import type { LineSeriesOption } from "echarts/charts";
import type { AriaComponentOption, GridComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { type ChartData, type Series, summary, valueText } from "../../lib/words/chart.ts";

export type LineOptions = ComposeOption<
	LineSeriesOption | GridComponentOption | TooltipComponentOption | AriaComponentOption
>;

export type ChartLook = {
	/** One a series, over again when there are more. */
	readonly colours: readonly string[];
	readonly text: string;
	readonly line: string;
	readonly surface: string;
};

export const SYMBOLS = ["circle", "triangle", "rect", "diamond"] as const;
export const DASHES = ["solid", "dashed", "dotted"] as const;
/** More points than these would hide the line behind their symbols. */
const MOST_SYMBOLS = 40;

const band = ({ points }: Series, colour: string, index: number): readonly LineSeriesOption[] => {
	const known = points.flatMap(({ x, interval }) => (interval === undefined ? [] : [{ x, interval }]));
	if (known.length === 0) return [];
	const hidden = {
		type: "line",
		stack: `band ${index}`,
		symbol: "none",
		silent: true,
		lineStyle: { opacity: 0 },
	} as const;
	return [
		{ ...hidden, data: known.map(({ x, interval: [low] }) => [x, low]), tooltip: { show: false } },
		{
			...hidden,
			data: known.map(({ x, interval: [low, high] }) => [x, high - low]),
			tooltip: { show: false },
			areaStyle: { color: colour, opacity: 0.14 },
		},
	];
};

export const lineOptions = (data: ChartData, look: ChartLook): LineOptions => {
	const { xName, series, decimals, limits } = data;
	const lines = series.flatMap((one, index): readonly LineSeriesOption[] => {
		const colour = look.colours[index % look.colours.length] ?? look.text;
		const line: LineSeriesOption = {
			type: "line",
			name: one.name,
			data: one.points.map(({ x, y }) => [x, y]),
			symbol: SYMBOLS[index % SYMBOLS.length] ?? "circle",
			symbolSize: 8,
			showSymbol: one.points.length <= MOST_SYMBOLS,
			// By default only those that have a label of the axis below them.
			showAllSymbol: true,
			itemStyle: { color: colour },
			lineStyle: { color: colour, width: 2, type: DASHES[index % DASHES.length] ?? "solid" },
		};
		return [...band(one, colour, index), line];
	});
	const axis = { axisLabel: { color: look.text }, axisLine: { lineStyle: { color: look.line } } } as const;
	return {
		// Lines that grow say nothing, and some people are ill at ease with them.
		animation: false,
		aria: { enabled: true, label: { description: summary(data) } },
		grid: { left: 8, right: 16, top: 16, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
		xAxis: {
			...axis,
			type: "value",
			name: xName,
			nameLocation: "middle",
			nameGap: 26,
			nameTextStyle: { color: look.text },
			minInterval: 1,
			min: "dataMin",
			max: "dataMax",
			splitLine: { show: false },
		},
		yAxis: {
			...axis,
			axisLabel: { color: look.text, formatter: (value: number) => value.toFixed(2) },
			type: "value",
			scale: true,
			splitLine: { lineStyle: { color: look.line } },
			...(limits === undefined
				? {}
				: {
						min: ({ min }: { min: number }) => Math.max(limits[0], Math.floor((min - 0.01) * 20) / 20),
						max: ({ max }: { max: number }) => Math.min(limits[1], Math.ceil((max + 0.01) * 20) / 20),
					}),
		},
		tooltip: {
			trigger: "axis",
			// Drawn, not written as HTML.
			renderMode: "richText",
			confine: true,
			backgroundColor: look.surface,
			borderColor: look.line,
			textStyle: { color: look.text },
			formatter: (shown: unknown) => tooltipText(data, shown),
		},
		series: lines,
	};
	function tooltipText(of: ChartData, shown: unknown): string {
		const [first] = (Array.isArray(shown) ? shown : [shown]) as { axisValue?: unknown }[];
		const x = Number(first?.axisValue);
		const values = of.series.flatMap(({ name, points }) => {
			const point = points.find((other) => other.x === x);
			return point === undefined ? [] : [`${name}: ${valueText(point, decimals)}`];
		});
		return [`${of.xName} ${x}`, ...values].join("\n");
	}
};
