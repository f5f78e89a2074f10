/** A worker as a process: signals, errors with their next step, exit code. Besides its arguments the CLI is nothing but this. */
import { closeProver } from "../adapters/prover.ts";
import { type DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import type { Environment } from "./config/environment.ts";
import { loadConfig } from "./config/loadConfig.ts";
import type { Role } from "./config/schema.ts";
import { formatLine } from "./log/formatLine.ts";
import type { WorkerOverrides } from "./request.ts";
import { runWorker } from "./runWorker.ts";

/** 0: done, or stopped by a signal. 1: something went wrong while it ran. 2: it could not start as it is configured. */
export const EXIT = { done: 0, failed: 1, misconfigured: 2 } as const;

export type ProcessRequest = {
	readonly role: Role;
	readonly configFile?: string | undefined;
	readonly environment: Environment;
	readonly once?: boolean | undefined;
	/** Log lines as JSON; by default as text. */
	readonly json?: boolean | undefined;
	readonly overrides?: WorkerOverrides | undefined;
};

/** On standard error, for people; with `json` for programs. */
export const printError = (error: unknown, json = false): void => {
	if (!isDecentraHealthError(error)) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		process.stderr.write(`error UNEXPECTED: ${text}\n`);
		return;
	}
	const { code, message, nextStep }: DecentraHealthError = error;
	process.stderr.write(
		json
			? `${JSON.stringify({ error: { code, message, nextStep } })}\n`
			: `error ${code}: ${message}\n  next: ${nextStep}\n`,
	);
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

/** @returns the exit code; handles of libraries may keep the process alive, so call process.exit with it */
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
		await closeProver();
	}
};
