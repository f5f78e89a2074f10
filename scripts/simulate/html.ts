/** A simulation's report as one HTML page: no scripts, nothing loaded from elsewhere, light and dark. */
import { simulationCharts } from "./charts.ts";
import type { SimulationReport } from "./report.ts";
import { HEAD, summaryRows } from "./table.ts";

const escapeHtml = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const STYLE = `
:root { color-scheme: light dark; --line: #8a8f98; --note: #fff4d6; --noteText: #4a3800; }
@media (prefers-color-scheme: dark) { :root { --line: #767c86; --note: #3a2f10; --noteText: #ffe9b0; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; background: Canvas; color: CanvasText; }
.notice { background: var(--note); color: var(--noteText); padding: .75rem 1rem; border-left: 4px solid #d55e00; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
figure { margin: 1.5rem 0; overflow-x: auto; }
dt { font-weight: 600; } dd { margin: 0 0 .4rem; }`;

const cells = (tag: "th" | "td", texts: readonly string[]): string =>
	`<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	`<table><thead>${cells("th", head)}</thead><tbody>${rows.map((row) => cells("td", row)).join("\n")}</tbody></table>`;

const facts = (report: SimulationReport): readonly (readonly [string, string])[] => {
	const { study, data, partition, hospitals, seeds, testSamples, machine, summary, seconds, startedAt } = report;
	const { serverOptimizer, optimizer, learningRate, batchSize, epochs } = study;
	return [
		["Study", `${study.name}: ${study.title}`],
		["Data", `${data}; ${testSamples} held-out samples`],
		["Hospitals", `${hospitals}, ${partition}`],
		[
			"Training",
			`${optimizer.kind}, learning rate ${learningRate}, batches of ${batchSize}, ${epochs} epochs a round; server: ${serverOptimizer.kind}`,
		],
		["Seeds", seeds.map(({ seed }) => seed).join(", ")],
		[
			"Speed",
			`${Math.round(summary.stepsPerSecond)} training steps a second and thread; ${seconds.toFixed(1)} s in all (${machine.cores} x ${machine.cpu}, Node ${machine.node})`,
		],
		["Made", startedAt],
	];
};

const refusals = ({ seeds }: SimulationReport): string => {
	const rows = seeds.flatMap(({ seed, rounds }) =>
		rounds.flatMap(({ round, refused, failed }) => [
			...refused.map(({ hospital, reason }) => [seed, String(round), `hospital ${hospital + 1}`, reason]),
			...(failed
				? [[seed, String(round), "the round", "fewer updates than the study's minUpdates: no new model"]]
				: []),
		]),
	);
	if (rows.length === 0) return "<p>Every hospital's training could have been proven in every round.</p>";
	return table(["seed", "round", "who", "would have had no proof, or no model"], rows);
};

export const simulationPage = (report: SimulationReport): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Simulation of ${escapeHtml(report.study.name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Simulation of ${escapeHtml(report.study.name)}</h1>
<p class="notice"><strong>Nothing here is proven.</strong> ${escapeHtml(report.notice)}</p>
<dl>${facts(report)
	.map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`)
	.join("\n")}</dl>
<h2>Results</h2>
<p>Mean over the seeds, with the least and the greatest value where they differ. Charts by round show means over the seeds.</p>
${table(HEAD, summaryRows(report))}
${simulationCharts(report)
	.map((svg) => `<figure>${svg}</figure>`)
	.join("\n")}
<h2>What would not have been proven</h2>
${refusals(report)}
<p>Not for clinical use.</p>
</body>
</html>
`;
