/** A worker as a process: signals, errors with their next step, exit code. Besides its arguments the CLI is nothing but this. */
import type { Environment } from "./config/environment.ts";
import { loadConfig } from "./config/loadConfig.ts";
import type { Role } from "./config/schema.ts";
import { EXIT, printError } from "./exit.ts";
import { formatLine } from "./log/formatLine.ts";
import type { WorkerOverrides } from "./request.ts";
import { runWorker } from "./runWorker.ts";

export type ProcessRequest = {
	readonly role: Role;
	readonly configFile?: string | undefined;
	readonly environment: Environment;
	readonly once?: boolean | undefined;
	/** Log lines as JSON; by default as text. */
	readonly json?: boolean | undefined;
	readonly overrides?: WorkerOverrides | undefined;
};

/** Aborts at the first SIGTERM or SIGINT; the second one ends the process at once, which a restart makes good. */
const stopSignal = () => {
	const stop = new AbortController();
	const onSignal = (): void => {
		if (stop.signal.aborted) process.exit(EXIT.done);
		stop.abort();
	};
	for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, onSignal);
	const remove = (): void => {
		for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.removeListener(name, onSignal);
	};
	return { signal: stop.signal, remove };
};

/**
 * @returns the exit code. Call process.exit with it: a proof that was abandoned still runs on snarkjs' threads, and libraries keep handles open.
 */
export const runWorkerProcess = async (request: ProcessRequest): Promise<number> => {
	const { role, configFile, environment, once, json = false, overrides } = request;
	const { signal, remove } = stopSignal();
	let ready = false;
	try {
		const config = await loadConfig(role, { file: configFile, environment });
		await runWorker({
			role,
			config,
			environment,
			signal,
			once,
			writeLog: (line) => void process.stdout.write(json ? line : formatLine(line)),
			onReady: () => {
				ready = true;
			},
			overrides,
		});
		return EXIT.done;
	} catch (error) {
		printError(error, json);
		return ready ? EXIT.failed : EXIT.misconfigured;
	} finally {
		remove();
	}
};
