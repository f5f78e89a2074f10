/**
 * `npm test`: fast checks first, then what needs circuits, then the whole system.
 * Names of groups as arguments run only those: lint audit worker web circuits contracts e2e faults.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { buildSteps, contractSteps, webSteps } from "../build.ts";
import { lintSteps, webTypesStep } from "./lint.ts";
import { nodeStep, ROOT, runSteps, type Step } from "./steps.ts";

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";

const nodeTests = (name: string, pattern: string, ...options: string[]): Step => {
	// node --test ends with 0 when a pattern matches nothing: a group without tests has not passed.
	if (globSync(pattern, { cwd: ROOT }).length === 0) throw new Error(`no test matches ${pattern}`);
	const reporters = ["spec", "./scripts/checks/slowTests.ts"].flatMap((reporter) => [
		`--test-reporter=${reporter}`,
		"--test-reporter-destination=stdout",
	]);
	return nodeStep(name, "--test", ...reporters, ...options, pattern);
};

/** Two files at a time even on two cores: many of them wait, for processes and servers. */
const SIDE_BY_SIDE = `--test-concurrency=${Math.max(2, availableParallelism())}`;

const GROUPS: Readonly<Record<string, readonly Step[]>> = {
	lint: lintSteps,
	audit: [nodeStep("known weaknesses of packages (npm audit)", "scripts/checks/audit.ts")],
	worker: [nodeTests("tests: worker", "test/{worker,scripts}/**/*.test.ts", SIDE_BY_SIDE)],
	web: [
		webTypesStep,
		// The consortium that the browser's users belong to proves; the words for errors are held against the verifiers, too.
		...buildSteps,
		nodeTests("tests: the dApp's logic", "test/web/**/*.test.ts", SIDE_BY_SIDE),
		...webSteps,
		// All files in one process, in the order of their names: they share one served consortium, and look at the round that one of them plays.
		nodeTests("tests: the dApp in a browser", "test/browser/**/*.test.ts", "--experimental-test-isolation=none"),
	],
	circuits: [
		...buildSteps,
		// The compiler and the witnesses of small circuits keep one core busy each.
		nodeTests("tests: small circuits", "test/circuits/{curve,fixed,hash,poly,shamir}/**/*.test.ts", SIDE_BY_SIDE),
		// One file at a time: the large circuits need the memory and both cores.
		nodeTests(
			"tests: circuits and their set-up",
			"test/circuits/{*,{committee,encryption,training}/**/*}.test.ts",
			"--test-concurrency=1",
		),
	],
	contracts: [{ ...nodeStep("tests: contracts", HARDHAT, "test") }],
	e2e: [
		...buildSteps,
		// All files in one process: they share one run of the demo, whose proofs take minutes.
		nodeTests("tests: the whole system", "test/e2e/**/*.test.ts", "--experimental-test-isolation=none"),
	],
	// A scenario of each kind; the long form is npm run test:faults.
	faults: [
		nodeTests("tests: the fault suite's own parts", "test/faults/**/*.test.ts"),
		nodeStep("tests: faults, short form", "scripts/faults/main.ts", "--short"),
	],
};

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { help: { type: "boolean", short: "h" } },
});
const unknown = positionals.filter((name) => !(name in GROUPS));
if (values.help === true || unknown.length > 0) {
	for (const name of unknown) process.stderr.write(`error USAGE: there is no test group ${name}\n`);
	process.stdout.write(
		`usage: npm test [-- GROUP ...]\ngroups: ${Object.keys(GROUPS).join(" ")} (all, in this order, when none is named)\n`,
	);
	process.exit(unknown.length > 0 ? 2 : 0);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(GROUPS);
const steps = [...contractSteps, ...chosen.flatMap((name) => GROUPS[name] ?? [])];
// A step that several groups need runs once.
process.exit(
	(await runSteps([...new Map(steps.map((step) => [`${step.name} ${step.command.join(" ")}`, step])).values()]))
		? 0
		: 1,
);
