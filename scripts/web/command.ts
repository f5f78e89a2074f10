/** What the two commands that serve the dApp have in common: options, a configuration that was checked, and their end. */
import { mkdtemp, rm } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, CommanderError } from "commander";
import type { DappConfig } from "../../web/lib/config/schema.ts";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { EXIT, printError } from "../../worker/service/exit.ts";
import type { ServerProcess } from "../serverProcess.ts";
import { webFailed } from "./next.ts";
import { resolveConfig, type WebOptions, withWebOptions } from "./options.ts";

export type WebCommand = {
	readonly config: DappConfig;
	readonly port: number;
	/** For the configuration's file; it ends with the command. */
	readonly folder: string;
	/** Resolves at Ctrl-C or SIGTERM. */
	readonly stop: Promise<void>;
	readonly say: (text: string) => void;
};

/** After its server's end, Ctrl-C may still be on its way here: a terminal sends it to both. */
const LATE = 300;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The second signal ends the process at once, and its children by its exit hooks. */
const untilSignal = (): Promise<void> => {
	let asked = false;
	return new Promise((resolve) => {
		for (const name of SIGNALS) {
			process.on(name, () => {
				if (asked) process.exit(128 + constants.signals[name]);
				asked = true;
				resolve();
			});
		}
	});
};

/** Until the user ends it, or the server ends by itself. @returns the command's exit code */
export const whileServing = async (server: ServerProcess, stop: Promise<void>): Promise<number> => {
	const asked = stop.then(() => true);
	const alone = server.gone.then(() => sleep(LATE)).then(() => false);
	if (await Promise.race([asked, alone])) {
		await server.stop();
		return EXIT.done;
	}
	await server.stop();
	throw webFailed(`the dApp's server has ended by itself:\n${server.output()}`, "Start it again.");
};

/** Ends the process: 0 after a signal, 1 when something failed, 2 when it could not start as it was told to. */
export const runWebCommand = async (
	command: Command,
	run: (request: WebCommand) => Promise<number>,
): Promise<never> => {
	const say = (text: string): void => void process.stderr.write(`${text}\n`);
	const folder = await mkdtemp(join(tmpdir(), "decentrahealth-web-"));
	try {
		const options = withWebOptions(command).exitOverride().parse().opts<WebOptions>();
		const stop = untilSignal();
		const config = await resolveConfig(options, (problem) => say(`warning: ${problem}`));
		process.exitCode = await run({ config, port: options.port, folder, stop, say });
	} catch (error) {
		if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.misconfigured;
		else {
			printError(error);
			process.exitCode = isDecentraHealthError(error) && error.code !== "WEB_FAILED" ? EXIT.misconfigured : EXIT.failed;
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
	process.exit();
};
