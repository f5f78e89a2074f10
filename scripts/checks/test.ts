/**
 * `npm test`: fast checks first, then what needs circuits, then the whole system.
 * Names of groups as arguments run only those: lint audit worker web circuits contracts e2e faults.
 * What keeps one core busy at most runs in a lane beside something else.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { DEFAULT_STUDY } from "../../worker/adapters/studyFile.ts";
import { circuitsStep, contractSteps, verifierSteps, webSteps } from "../build.ts";
import { lintLanes, webTypesStep } from "./lint.ts";
import { type Lane, nodeStep, ROOT, runLanes, type Step, startClock } from "./steps.ts";

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

const ONE_PROCESS = "--experimental-test-isolation=none";
/** Two files at a time even on two cores: many of them wait, for processes and servers. */
const SIDE_BY_SIDE = `--test-concurrency=${Math.max(2, availableParallelism())}`;

/** Lanes side by side; the next phase begins when all have ended. */
type Phase = readonly Lane[];

type Group = {
	/** What has to be there first. */
	readonly needs: readonly Phase[];
	readonly lanes: readonly Lane[];
};

const circuits: Lane = [circuitsStep([DEFAULT_STUDY])];
/** Circuits and keys, then the contracts with the verifiers; and the dApp beside the former. */
const CIRCUITS: readonly Phase[] = [[circuits], [verifierSteps]];
const BUILD: readonly Phase[] = [[circuits, webSteps], [verifierSteps]];

/** Tests of one demo's run, which the last one ends. */
const OF_THE_DEMO = ["audit", "demo", "keySums", "replay", "restart", "shutdown"];

const GROUPS: Readonly<Record<string, Group>> = {
	lint: { needs: [], lanes: lintLanes },
	audit: { needs: [], lanes: [[nodeStep("known weaknesses of packages (npm audit)", "scripts/checks/audit.ts")]] },
	worker: { needs: [], lanes: [[nodeTests("tests: worker", "test/{worker,scripts}/**/*.test.ts", SIDE_BY_SIDE)]] },
	web: {
		// The consortium that the browser's users belong to proves; the words for errors are held against the verifiers, too.
		needs: [[[webTypesStep]], ...BUILD],
		lanes: [
			[
				nodeTests("tests: the dApp's logic", "test/web/**/*.test.ts", SIDE_BY_SIDE),
				// All files in one process, in the order of their names: they share one served consortium, and look at the rounds that two of them play.
				nodeTests("tests: the dApp in a browser", "test/browser/**/*.test.ts", ONE_PROCESS),
			],
		],
	},
	circuits: {
		needs: CIRCUITS,
		lanes: [
			[
				// The compiler and the witnesses of small circuits keep one core busy each.
				nodeTests("tests: small circuits", "test/circuits/{curve,fixed,hash,poly,shamir}/**/*.test.ts", SIDE_BY_SIDE),
				// One file at a time: the large circuits need the memory.
				nodeTests(
					"tests: circuits and their set-up",
					"test/circuits/{*,{committee,encryption,training}/**/*}.test.ts",
					"--test-concurrency=1",
				),
			],
		],
	},
	contracts: { needs: [], lanes: [[nodeStep("tests: contracts", HARDHAT, "test")]] },
	e2e: {
		needs: BUILD,
		lanes: [
			// All files in one process: they share one run of the demo, whose proofs take minutes.
			[nodeTests("tests: a demo's run", `test/e2e/{${OF_THE_DEMO.join(",")}}.test.ts`, ONE_PROCESS)],
			[nodeTests("tests: the whole system", `test/e2e/!(${OF_THE_DEMO.join("|")}).test.ts`, "--test-concurrency=1")],
		],
	},
	// A scenario of each kind; the long form is npm run test:faults.
	faults: {
		needs: [],
		lanes: [
			[
				nodeTests("tests: the fault suite's own parts", "test/faults/**/*.test.ts"),
				nodeStep("tests: faults, short form", "scripts/faults/main.ts", "--short"),
			],
		],
	},
};

/** Phases of lanes of groups: in a browser much is waited for, and circuits are compiled by one core. */
const PLAN: readonly (readonly (readonly string[])[])[] = [
	[["lint"]],
	[["audit"]],
	[["worker"]],
	[["web"], ["circuits", "contracts"]],
	[["e2e"]],
	[["faults"]],
];

/** Of those groups that were chosen. */
const phasesOf = (names: readonly (readonly string[])[], chosen: readonly string[]): readonly Phase[] => {
	const lanes = names.map((lane) => lane.filter((name) => chosen.includes(name)).flatMap((name) => GROUPS[name] ?? []));
	const groups = lanes.flat();
	const [only] = groups;
	const own =
		groups.length === 1 && only !== undefined
			? only.lanes
			: lanes.map((lane) => lane.flatMap((group) => group.lanes.flat()));
	return [...groups.flatMap(({ needs }) => needs), own];
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
const phases = PLAN.flatMap((lanes) => phasesOf(lanes, chosen));
const clock = startClock();
/** A step that several groups need runs once. */
const done = new Set<string>();
for (const phase of [[contractSteps], ...phases]) {
	const lanes = phase.map((lane) => lane.filter(({ name }) => !done.has(name))).filter((lane) => lane.length > 0);
	for (const { name } of lanes.flat()) done.add(name);
	if (!(await runLanes(lanes, { clock }))) process.exit(1);
}
clock.end();
