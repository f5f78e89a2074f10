/** Everything that needs no execution: format, lint, types. Warnings are errors. */
import { pathToFileURL } from "node:url";
import { type Lane, runLanes, type Step } from "./steps.ts";

/** The dApp is compiled for browsers, with options of its own. */
export const webTypesStep: Step = { name: "types: the dApp (tsc)", command: ["tsc", "-p", "web"], quiet: true };

/** Side by side: the types take longest. */
export const lintLanes: readonly Lane[] = [
	[{ name: "types (tsc)", command: ["tsc"], quiet: true }],
	[
		{
			name: "format and lint: TypeScript, JSON (biome)",
			command: ["biome", "check", "--error-on-warnings", "."],
			quiet: true,
		},
		{
			name: "format: Solidity (prettier)",
			command: ["prettier", "--check", "contracts/**/*.sol", "test/**/*.sol"],
			quiet: true,
		},
		{
			name: "lint: Solidity (solhint)",
			command: ["solhint", "--noPoster", "--max-warnings", "0", "contracts/**/*.sol"],
			quiet: true,
		},
		webTypesStep,
	],
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exit((await runLanes(lintLanes)) ? 0 : 1);
