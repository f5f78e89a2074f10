/** `npm run consortium`: three hospitals, a committee and a coordinator in processes of their own. This file starts without anything generated. */
import { constants } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { printError } from "../../worker/service/exit.ts";
import { buildSteps } from "../build.ts";
import { ROOT, runSteps } from "../checks/steps.ts";
import { integer } from "../commandLine.ts";

const program = new Command("npm run consortium --")
	.description(
		"Starts a local chain and seven workers, each a process with its own folder and block store. Kill any of them: it is started again and goes on.",
	)
	.addOption(new Option("--rounds <n>", "rounds to finalize, then the audit").default(2).argParser(integer(1, 1000)))
	.option("--no-restart", "whoever is killed stays away")
	.option("--prepare-only", "start the chain, write the folders, and print the seven commands for seven terminals")
	.addOption(
		new Option("--port <n>", "first of fifteen ports: chain, HTTP servers, gateways")
			.default(8550)
			.argParser(integer(1024, 65_000)),
	)
	.option("--seed <text>", "chooses the hospitals' rows", "consent")
	.option("--folder <path>", "new folder for everybody's folders (default: .data/consortium-<time>)");

program.parse();
const options = program.opts<{
	rounds: number;
	restart: boolean;
	prepareOnly?: true;
	port: number;
	seed: string;
	folder?: string;
}>();

if (!(await runSteps(buildSteps))) process.exit(1);

// Imported only now: the modules below need the generated ABIs.
const { runConsortium } = await import("./run.ts");
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
	process.on(name, () => {
		if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
		stop.abort();
	});
}
const folder = options.folder ?? join(ROOT, ".data", `consortium-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`);
try {
	const { rounds, restart, port, seed, prepareOnly = false } = options;
	const passed = await runConsortium({ rounds, restart, port, seed, folder, prepareOnly, signal: stop.signal });
	const interrupted = stop.signal.aborted && !prepareOnly;
	process.exitCode = interrupted ? 128 + constants.signals.SIGINT : passed ? 0 : 1;
} catch (error) {
	printError(error);
	process.exitCode = 1;
}
// snarkjs and the chain's client keep handles open that have nothing left to do.
process.exit();
