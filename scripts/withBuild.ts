/**
 * Runs a program of ours after bringing what it needs up to date; a second or two when nothing changed.
 *
 *     node scripts/withBuild.ts contracts|all PROGRAM [ARG ...]
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { buildSteps, contractSteps } from "./build.ts";
import { ROOT, runSteps } from "./checks/steps.ts";

const [what, program, ...args] = process.argv.slice(2);
if (program === undefined || (what !== "contracts" && what !== "all")) {
	process.stderr.write("usage: withBuild.ts contracts|all PROGRAM [ARG ...]\n");
	process.exit(2);
}
if (!(await runSteps(what === "all" ? buildSteps : contractSteps, { terse: true }))) process.exit(2);
const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, program), ...args], {
	cwd: ROOT,
	stdio: "inherit",
});
// A terminal sends Ctrl-C to the whole group, so the child has it already.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
