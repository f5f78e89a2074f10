/** A simulation's charts as SVG, drawn here by ECharts: the page that shows them runs no script. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ModelSummary, SimulationReport, Spread } from "./report.ts";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Okabe & Ito's colours, which people with any colour vision tell apart; legible on light and dark ground. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#7f7f7f"] as const;
/** Stand for the page's own colours, which follow the reader's light or dark setting. */
const TEXT = "#010203";
const LINE = "#040506";

const WIDTH = 720;
const HEIGHT = 380;

type Series = {
	readonly name: string;
	readonly type: "line" | "bar";
	readonly data: readonly (number | null)[];
	readonly stack?: string;
	readonly lineStyle?: { readonly type: "dashed" | "dotted" | "solid"; readonly width?: number };
	readonly showSymbol?: boolean;
};

const render = (
	title: string,
	categories: readonly string[],
	series: readonly Series[],
	axes: { readonly x: string; readonly y: string; readonly range?: readonly [number, number] },
): string => {
	const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
	const text = { color: TEXT };
	const axis = {
		nameLocation: "middle" as const,
		nameTextStyle: text,
		axisLabel: text,
		axisLine: { lineStyle: { color: LINE } },
	};
	chart.setOption({
		animation: false,
		color: [...COLOURS],
		backgroundColor: "transparent",
		title: { text: title, left: 0, top: 0, textStyle: { ...text, fontSize: 16 } },
		legend: { top: 34, left: 0, itemGap: 28, textStyle: text, inactiveColor: LINE },
		grid: { top: 84, left: 64, right: 16, bottom: 52 },
		xAxis: { type: "category", data: [...categories], name: axes.x, nameGap: 30, ...axis },
		yAxis: {
			type: "value",
			name: axes.y,
			nameGap: 42,
			...axis,
			splitLine: { lineStyle: { color: LINE, opacity: 0.25 } },
			...(axes.range === undefined
				? {}
				: { min: axes.range[0], max: axes.range[1], interval: axes.range[0] < 0.5 ? 0.2 : 0.05 }),
		},
		series: series.map((one) => ({ ...one, data: [...one.data], symbol: "circle", symbolSize: 7 })),
	});
	const svg = chart.renderToSVGString();
	chart.dispose();
	return svg
		.replaceAll(/rgb\(1,\s*2,\s*3\)|#010203/gi, "currentColor")
		.replaceAll(/rgb\(4,\s*5,\s*6\)|#040506/gi, "var(--line)")
		.replace("<svg ", `<svg role="img" aria-label="${title}" `);
};

const meanOf = (spread: Spread): number | null => (spread === null ? null : Math.round(spread.mean * 1e4) / 1e4);

/** The range of all values and some room, within [0, 1], at the axis' steps. */
const rangeOf = (values: readonly (number | null)[]): readonly [number, number] => {
	const found = values.filter((value) => value !== null);
	const low = Math.min(...found, 1);
	const least = Math.floor((low - 0.02) * 20) / 20;
	return [least < 0.5 ? 0 : least, 1];
};

/** A measure by round, beside the baselines. */
const byRound = ({ summary }: SimulationReport, measure: keyof ModelSummary, title: string): string => {
	const { rounds, local, central } = summary;
	const level = (model: ModelSummary) => rounds.map(() => meanOf(model[measure]));
	const series: Series[] = [];
	const flat = { type: "line", showSymbol: false, lineStyle: { type: "dashed" } } as const;
	if (central !== null) series.push({ name: "central (float)", data: level(central), ...flat });
	if (local !== null) series.push({ name: "one hospital alone (float, mean)", data: level(local), ...flat });
	// The two lie on each other where the fixed point loses nothing: the wide one below shows on both sides.
	if (rounds.some(({ float }) => float !== null)) {
		const data = rounds.map(({ float }) => (float === null ? null : meanOf(float[measure])));
		series.push({ name: "float FedAvg", type: "line", data, lineStyle: { type: "solid", width: 7 } });
	}
	const fixed = rounds.map((round) => meanOf(round.fixed[measure]));
	series.push({ name: "fixed point", type: "line", data: fixed });
	const range = rangeOf(series.flatMap(({ data }) => data));
	return render(
		title,
		rounds.map(({ round }) => String(round)),
		series,
		{ x: "round", y: title, range },
	);
};

/** AUC on each hospital's own held-out rows: the federation's last model against the hospital's own. First seed. */
const byHospital = ({ seeds }: SimulationReport): string => {
	const [seed] = seeds;
	const last = seed?.rounds.at(-1)?.evaluation.perHospital ?? [];
	const auc = (value: number | null | undefined): number | null =>
		value == null ? null : Math.round(value * 1e4) / 1e4;
	const series: Series[] = [{ name: "federation", type: "bar", data: last.map((one) => auc(one.auc.value)) }];
	if (seed?.baselines != null) {
		const data = last.map((_, index) => auc(seed.baselines?.local[index]?.perHospital[index]?.auc.value));
		series.push({ name: "this hospital alone (float)", type: "bar", data });
	}
	const names = last.map((_, index) => `hospital ${index + 1}`);
	const title = `AUC by hospital after the last round (seed ${seed?.seed ?? ""})`;
	return render(title, names, series, { x: "held-out rows of", y: "AUC", range: [0, 1] });
};

/** How many samples of each class each hospital trained on. First seed. */
const bySize = ({ seeds, study }: SimulationReport): string => {
	const [seed] = seeds;
	const counts = seed?.classCounts ?? [];
	const series = study.classes.map(
		(name, label): Series => ({
			name,
			type: "bar",
			stack: "samples",
			data: counts.map((own) => own[label] ?? 0),
		}),
	);
	const names = counts.map((_, index) => `hospital ${index + 1}`);
	return render(`Training samples by hospital and class (seed ${seed?.seed ?? ""})`, names, series, {
		x: "",
		y: "samples",
	});
};

/** SVG texts, in the order of the page. */
export const simulationCharts = (report: SimulationReport): readonly string[] => [
	byRound(report, "auc", "Test AUC"),
	byRound(report, "balancedAccuracy", "Balanced accuracy"),
	byHospital(report),
	bySize(report),
];
