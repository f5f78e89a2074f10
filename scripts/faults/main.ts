/** `npm run test:faults`: the fault suite. Exit 0: everything held; 1: something did not; 2: it could not be run. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { logTails, runScenario, type Verdict } from "../../test/support/faults/runScenario.ts";
import { SCENARIOS, SHORT } from "../../test/support/faults/scenarios/all.ts";
import { openTheatre } from "../../test/support/faults/theatre.ts";
import { withMarkedSection } from "../bench/markedSection.ts";
import { ROOT } from "../checks/steps.ts";
import { faultSection, summary } from "./report.ts";

/** Scenarios of the long form, at least. */
const LONG = 200;

const parseSeed = (text: string): number => {
	if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError("Not a whole number.");
	return Number(text);
};

const parseName = (name: string, before: readonly string[] = []): readonly string[] => {
	if (SCENARIOS.every((scenario) => scenario.name !== name)) throw new InvalidArgumentError("See --list.");
	return [...before, name];
};

const command = new Command("npm run test:faults --")
	.description(
		"Seven workers in processes of their own on a real chain, and whatever can go wrong: kills, partitions, reorganizations, lies.",
	)
	.option("--scenario <name>", "only this one; may be repeated", parseName)
	.option("--seed <number>", "only this seed: repeats what a failure names", parseSeed)
	.option("--seeds <count>", `seeds for each scenario, from 1 on (default: as many as make ${LONG} runs)`, parseSeed)
	.option("--short", "a scenario of each kind, one seed: what every change is tested with")
	.option("--write", "write the table of faults and outcomes to docs/BENCHMARKS.md")
	.option("--keep", "keep every run's folder, and say where it is")
	.option("--list", "name the scenarios and end");

command.parse();
const options = command.opts<{
	readonly scenario?: readonly string[];
	readonly seed?: number;
	readonly seeds?: number;
	readonly short?: true;
	readonly write?: true;
	readonly keep?: true;
	readonly list?: true;
}>();

if (options.list === true) {
	for (const { name, fault } of SCENARIOS) process.stdout.write(`${name.padEnd(36)} ${fault}\n`);
	process.exit(0);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const names = options.scenario ?? (options.short === true ? SHORT : undefined);
const chosen = SCENARIOS.filter(({ name }) => names === undefined || names.includes(name));
const count = options.seeds ?? (options.short === true ? 1 : Math.ceil(LONG / chosen.length));
const seeds = options.seed === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [options.seed];

const theatre = await openTheatre({ keep: options.keep === true }).catch((error: unknown) => {
	process.stderr.write(
		`error: the suite could not be set up: ${error instanceof Error ? error.message : String(error)}\n`,
	);
	process.exit(2);
});
const { lacks, canReorganize } = theatre.chains;
const playable = chosen.filter(({ reorganizes }) => reorganizes === undefined || canReorganize);
say(
	lacks === undefined
		? `${playable.length} scenarios, seeds ${seeds.join(" ")}, on anvil`
		: `anvil could not be had (${lacks}): on the Hardhat node, WITHOUT the ${chosen.length - playable.length} scenarios that reorganize the chain`,
);

const verdicts: Verdict[] = [];
let stopped = false;
process.once("SIGINT", () => {
	stopped = true;
});
for (const seed of seeds) {
	for (const scenario of playable) {
		if (stopped) break;
		theatre.reseed(`${scenario.name}/${seed}/links`);
		const verdict = await runScenario(theatre, scenario, seed);
		verdicts.push(verdict);
		const { seconds, ending, violations, problems, folder } = verdict;
		const codes = [...new Set(problems.map(({ code }) => code))].join(" ");
		const took = `${seconds.toFixed(1).padStart(5)} s`;
		const name = `${scenario.name} ${seed}`.padEnd(40);
		say(
			`${violations.length === 0 ? "ok  " : "FAIL"} ${took}  ${name} ${ending}${codes === "" ? "" : `  (restarted after ${codes})`}`,
		);
		if (options.keep === true) say(`     ${folder}`);
		if (violations.length === 0) continue;
		for (const violation of violations) say(`     ${violation}`);
		say(`     again: npm run test:faults -- --scenario ${scenario.name} --seed ${seed} --keep`);
		say(logTails(folder));
	}
}

say(summary(verdicts));
if (options.write === true) {
	const file = join(ROOT, "docs/BENCHMARKS.md");
	await writeFile(file, withMarkedSection(await readFile(file, "utf8"), "faults", faultSection(playable, verdicts)));
}
const failed = verdicts.some(({ violations }) => violations.length > 0);
await theatre.close(failed || options.keep === true);
process.exit(failed || verdicts.length === 0 ? 1 : 0);
