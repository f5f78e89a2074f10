/** A simulation's results as a table for the terminal. */
import Table from "cli-table3";
import type { ModelSummary, SimulationReport, Spread } from "./report.ts";

const fixed = (value: number): string => value.toFixed(3);

/** The mean, and the range where it is one. */
export const spreadText = (spread: Spread): string => {
	if (spread === null) return "n/a";
	const { mean, least, most } = spread;
	return most - least < 0.0005 ? fixed(mean) : `${fixed(mean)} [${fixed(least)}, ${fixed(most)}]`;
};

const COLUMNS = [
	"auc",
	"accuracy",
	"balancedAccuracy",
	"brier",
	"ece",
	"worstAuc",
] as const satisfies readonly (keyof ModelSummary)[];

export const HEAD = [
	"model",
	"test AUC",
	"accuracy",
	"balanced accuracy",
	"Brier",
	"ECE",
	"worst hospital's AUC",
] as const;

/** Name and texts in the order of {@link HEAD}. */
export const summaryRows = ({ summary }: SimulationReport): readonly (readonly string[])[] => {
	const row = (name: string, model: ModelSummary | null) =>
		model === null ? [] : [[name, ...COLUMNS.map((column) => spreadText(model[column]))]];
	return [
		...summary.rounds.flatMap(({ round, fixed: model }) => row(`fixed point, round ${round}`, model)),
		...row("float FedAvg, last round", summary.rounds.at(-1)?.float ?? null),
		...row("one hospital alone (float)", summary.local),
		...row("central (float)", summary.central),
	];
};

export const simulationTable = (report: SimulationReport): string => {
	const table = new Table({
		head: [...HEAD],
		style: { head: [], border: [] },
		chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
	});
	for (const cells of summaryRows(report)) table.push([...cells]);
	return table.toString();
};
