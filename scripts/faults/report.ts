/** What the fault suite found, for the terminal and for docs/BENCHMARKS.md. */
import type { Verdict } from "../../test/support/faults/runScenario.ts";
import type { Scenario } from "../../test/support/faults/scenario.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** "Finalized 4, Failed: NotOpened 1" */
const counted = (verdicts: readonly Verdict[]): string => {
	const counts = new Map<string, number>();
	for (const { ending } of verdicts) counts.set(ending, (counts.get(ending) ?? 0) + 1);
	return [...counts].map(([ending, count]) => `${ending} ${count}`).join(", ");
};

export const summary = (verdicts: readonly Verdict[]): string => {
	const failed = verdicts.filter(({ violations }) => violations.length > 0);
	const seconds = verdicts.map((verdict) => verdict.seconds);
	if (verdicts.length === 0) return "nothing was run";
	const times = `${mean(seconds).toFixed(1)} s each, ${Math.max(...seconds).toFixed(1)} s at most`;
	return `${verdicts.length} runs, ${failed.length} with something wrong; ${counted(verdicts)}; ${times}`;
};

/** One row a scenario. */
const markdownTable = (scenarios: readonly Scenario[], verdicts: readonly Verdict[]): string => {
	const rows = scenarios.flatMap(({ name, fault }) => {
		const own = verdicts.filter(({ scenario }) => scenario === name);
		if (own.length === 0) return [];
		const wrong = own.filter(({ violations }) => violations.length > 0).length;
		const seconds = mean(own.map((verdict) => verdict.seconds)).toFixed(1);
		return [`| ${name} | ${fault} | ${own.length} | ${counted(own)} | ${wrong} | ${seconds} |`];
	});
	return `${[
		"| scenario | fault | runs | the round ended | violations | seconds |",
		"|---|---|---|---|---|---|",
		...rows,
	].join("\n")}\n`;
};

/** The section of docs/BENCHMARKS.md. */
export const faultSection = (scenarios: readonly Scenario[], verdicts: readonly Verdict[]): string =>
	[
		"## Faults and how rounds ended",
		`\`npm run test:faults -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${summary(verdicts)}. Seven workers in processes of their own; their proofs are simulated with a known trapdoor and verified by the contracts, ` +
			"as proofs of ten seconds each would hide the races. A violation is a stuck round, a wrong model, a leaked secret, a second signature, or another ending than the scenario allows.",
		markdownTable(scenarios, verdicts).trimEnd(),
	].join("\n\n");
