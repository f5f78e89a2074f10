/** Everything between the sources and a running system: generated constants, circuits with their keys, contracts, the workers' copy of the ABIs. */
import { pathToFileURL } from "node:url";
import { nodeStep, runSteps, type Step } from "./checks/steps.ts";

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";

/** Contracts and ABIs: enough for types, lint and the tests that prove nothing. */
export const contractSteps: readonly Step[] = [
	{ ...nodeStep("contracts: compile (solc)", HARDHAT, "build"), quiet: true },
	nodeStep("contracts: ABIs for the workers", "scripts/contracts/abi.ts"),
];

/** Circuits with development keys, their verifiers, then the contracts with them. */
export const buildSteps: readonly Step[] = [
	nodeStep("circuits: compile, development keys, verifiers", "scripts/circuits/prepare.ts"),
	...contractSteps,
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exit((await runSteps(buildSteps)) ? 0 : 1);
