/**
 * The gateway in a process of its own: strangers talk to it, so nothing that they may find in it is worth anything. It has no key and no
 * environment, may read the blocks and the program alone, is started again when it dies, and ends with this process, however that ends.
 */
import { type ChildProcess, fork } from "node:child_process";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { DecentraHealthError, type ErrorCode } from "../../protocol/errors.ts";
import type { GatewayLimits } from "./gatewayLimits.ts";
import type { Gateway, GatewayServerOptions } from "./gatewayServer.ts";
import { pause } from "./pause.ts";

export type GatewayProcessOptions = Omit<GatewayServerOptions, "store"> & {
	/** Of the store that it serves: a folder or `kubo+http(s)://HOST:PORT`, which is asked for its own blocks only. */
	readonly location: string;
	/** Told that it died, and how, before it is started again. */
	readonly onDeath?: (how: string) => void;
	/** Told that it serves again. */
	readonly onRestart?: () => void;
	/** Milliseconds before the first restart; twice as long before each further one, until one has lasted. */
	readonly firstPause?: number;
};

export type GatewayProcess = Gateway & {
	/** Of the process that serves now; undefined between two. */
	readonly pid: () => number | undefined;
};

export type ToProgram = {
	readonly location: string;
	readonly host?: string;
	readonly port?: number;
	readonly limits?: Partial<GatewayLimits> | undefined;
};

export type FromProgram =
	| { readonly kind: "listening"; readonly url: string }
	| { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly nextStep: string };

const PROGRAM = fileURLToPath(new URL("./gatewayProgram.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** What Node needs for TLS to a Kubo node; nothing else of the environment, which may hold the passphrase. */
const ENVIRONMENT: readonly string[] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"];
const LONGEST_PAUSE = 30_000;
/** A process that lived so long starts the pauses anew. */
const LASTED = 60_000;
const STOP_TIMEOUT = 4_000;

/** @throws DecentraHealthError CONFIG_INVALID when the address cannot be listened on or the location is none; IPFS_UNREACHABLE */
export const startGatewayProcess = async (options: GatewayProcessOptions): Promise<GatewayProcess> => {
	const { location, onDeath, onRestart, firstPause = 100, host, port, limits } = options;
	const stopped = new AbortController();
	const asked = {
		location: isUrl(location) ? location : resolve(location),
		limits,
		...(host !== undefined && { host }),
	};
	let current: Started | undefined = await start({ ...asked, ...(port !== undefined && { port }) });
	const { url } = current;
	const again: ToProgram = { ...asked, port: Number(new URL(url).port) };

	const keepAlive = async (): Promise<void> => {
		let failures = 0;
		while (!stopped.signal.aborted) {
			const since = performance.now();
			const how = await current?.gone;
			current = undefined;
			if (stopped.signal.aborted) return;
			if (how !== undefined) onDeath?.(how);
			if (performance.now() - since > LASTED) failures = 0;
			await pause(Math.min(LONGEST_PAUSE, firstPause * 2 ** Math.min(failures++, 20)), stopped.signal);
			if (stopped.signal.aborted) return;
			// Whatever keeps it from starting now, such as another program on its port, may pass.
			current = await start(again).catch(() => undefined);
			if (current !== undefined && !stopped.signal.aborted) onRestart?.();
		}
	};
	const ended = keepAlive();

	return {
		url,
		pid: () => current?.child.pid,
		close: async () => {
			stopped.abort();
			await current?.stop();
			await ended;
			await current?.stop();
		},
	};
};

type Started = {
	readonly child: ChildProcess;
	readonly url: string;
	/** Resolves with how it ended. */
	readonly gone: Promise<string>;
	readonly stop: () => Promise<void>;
};

const isUrl = (location: string): boolean => location.includes("://");

/** Node's arguments for a process that may read the program and the blocks, write nothing, and start no other program. */
export const restrictions = (location: string): readonly string[] => {
	const blocks = isUrl(location) ? [] : [location, `${location}${sep}*`];
	const readable = [`${ROOT}worker${sep}*`, `${ROOT}node_modules${sep}*`, `${ROOT}package.json`, ...blocks];
	return ["--permission", ...readable.map((path) => `--allow-fs-read=${path}`)];
};

const start = async (message: ToProgram): Promise<Started> => {
	const child = fork(PROGRAM, [], {
		cwd: ROOT,
		env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
		execArgv: [...restrictions(message.location), "--disable-warning=ExperimentalWarning", "--max-old-space-size=128"],
		// The location may hold the credentials of a Kubo node: it goes through the channel, not into the arguments, which others can list.
		stdio: ["ignore", "ignore", "ignore", "ipc"],
	});
	const gone = new Promise<string>((resolve) => {
		child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
		child.once("error", () => resolve("it could not be started"));
	});
	const stop = async (): Promise<void> => {
		if (child.connected) child.disconnect();
		const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
		await gone;
		clearTimeout(force);
	};
	const reply = new Promise<FromProgram>((resolve) =>
		child.once("message", (answer) => resolve(answer as FromProgram)),
	);
	child.send(message, () => undefined);
	const first = await Promise.race([reply, gone]);
	if (typeof first === "string") {
		throw new DecentraHealthError("CONFIG_INVALID", {
			message: `the gateway's process ended before it listened (${first})`,
			nextStep: "Check that this Node can start further processes and that memory is left.",
		});
	}
	if (first.kind === "failed") {
		await stop();
		throw new DecentraHealthError(first.code, { message: first.message, nextStep: first.nextStep });
	}
	return { child, url: first.url, gone, stop };
};
