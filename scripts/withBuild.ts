/**
 * Runs a program of ours after bringing what it needs up to date; a second or two when nothing changed.
 *
 *     node scripts/withBuild.ts contracts|all PROGRAM [ARG ...]
 *
 * With "all", circuits and keys too: of the study that a worker's configuration names, otherwise of the default study.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { DEFAULT_STUDY, studyPath } from "../worker/adapters/studyFile.ts";
import { contractSteps, studySteps } from "./build.ts";
import { ROOT, runSteps } from "./checks/steps.ts";

/** The study by name that a configuration file (--config) or else the environment names; anything wrong with them is the worker's to say. */
const configuredStudy = (args: readonly string[]): unknown => {
	const at = args.indexOf("--config");
	const file = at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith("--config="))?.slice("--config=".length);
	if (file === undefined) return process.env.DECENTRAHEALTH_STUDY;
	try {
		const config: { readonly study?: unknown } = JSON.parse(readFileSync(file, "utf8"));
		return config.study ?? process.env.DECENTRAHEALTH_STUDY;
	} catch {
		return undefined;
	}
};

/** A study of which there is no file here (of another folder, or known by its id only) has to be prepared by its file: `npm run circuits`. */
const studyToBuild = (args: readonly string[]): string => {
	const name = configuredStudy(args);
	if (typeof name !== "string") return DEFAULT_STUDY;
	const path = studyPath(name);
	return existsSync(path) ? path : DEFAULT_STUDY;
};

const [what, program, ...args] = process.argv.slice(2);
if (program === undefined || (what !== "contracts" && what !== "all")) {
	process.stderr.write("usage: withBuild.ts contracts|all PROGRAM [ARG ...]\n");
	process.exit(2);
}
// `worker data` looks at files alone.
const steps = args[0] === "data" ? [] : what === "all" ? studySteps([studyToBuild(args)]) : contractSteps;
if (!(await runSteps(steps, { terse: true }))) process.exit(2);
const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, program), ...args], {
	cwd: ROOT,
	stdio: "inherit",
});
// A terminal sends Ctrl-C to the whole group, so the child has it already.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
