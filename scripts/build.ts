/**
 * Everything between the sources and a running system: generated constants, circuits with their keys, contracts, the workers' copy of the ABIs,
 * the dApp.
 *
 *     node scripts/build.ts [STUDY ...]
 */
import { pathToFileURL } from "node:url";
import { DEFAULT_STUDY } from "../worker/adapters/studyFile.ts";
import { nodeStep, runSteps, type Step } from "./checks/steps.ts";

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";

const compileStep = (what: string): Step => ({ ...nodeStep(`${what}: compile (solc)`, HARDHAT, "build"), quiet: true });

/** Contracts and ABIs: enough for types, lint and the tests that prove nothing. */
export const contractSteps: readonly Step[] = [
	compileStep("contracts"),
	nodeStep("contracts: ABIs for the workers", "scripts/contracts/abi.ts"),
];

/** Circuits of the named studies (files, or names of studies/) with development keys, and the sources of their verifiers. */
export const circuitsStep = (studies: readonly string[]): Step =>
	nodeStep(
		`circuits of ${studies.join(", ")}: compile, development keys, verifiers`,
		"scripts/circuits/prepare.ts",
		...studies.flatMap((study) => ["--study", study]),
	);

/** The contracts once more, with the verifiers. */
export const verifierSteps: readonly Step[] = [
	compileStep("contracts and verifiers"),
	nodeStep("contracts and verifiers: ABIs for the workers", "scripts/contracts/abi.ts"),
];

export const studySteps = (studies: readonly string[]): readonly Step[] => [circuitsStep(studies), ...verifierSteps];

/** The dApp, whose pages import what the steps above generate. */
export const webSteps: readonly Step[] = [nodeStep("dApp (next build)", "scripts/web/build.ts")];

/** The default study's. */
export const buildSteps: readonly Step[] = studySteps([DEFAULT_STUDY]);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const studies = process.argv.slice(2);
	const steps = studies.length === 0 ? buildSteps : studySteps(studies);
	process.exit((await runSteps([...steps, ...webSteps])) ? 0 : 1);
}
