/** Runs the workers as processes of their own and starts one that was killed again, as an operator's service manager would. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PASSPHRASE_VARIABLE } from "../../worker/adapters/passphrase.ts";
import { ROOT } from "../checks/steps.ts";
import type { Place } from "./places.ts";

export type SuperviseOptions = {
	readonly configs: ReadonlyMap<Place, string>;
	readonly passphrase: string;
	/** Whether whoever ends is started again. */
	readonly restart: boolean;
	readonly say: (text: string) => void;
	/** Takes a line of a worker's log. */
	readonly tell: (name: string, line: string) => void;
	/** Whoever was started again. */
	readonly onRestart?: ((name: string) => void | Promise<void>) | undefined;
};

export type Supervision = {
	/** Process ids of those that run now, by name. */
	readonly pids: () => ReadonlyMap<string, number>;
	/** Ends all of them; resolves when they are gone. */
	readonly stop: () => Promise<void>;
};

const RESTART_DELAY = 2_000;
/** A worker ends within seconds of SIGTERM; one that does not is killed. */
const STOP_TIMEOUT = 20_000;

export const workerCommand = (role: Place["role"], config: string): readonly string[] => [
	"--disable-warning=ExperimentalWarning",
	"worker/cli/main.ts",
	role,
	"--config",
	config,
];

/** Of all variables that configure workers the passphrase alone: the others are one worker's own, and these are several. */
const workerEnvironment = (passphrase: string): NodeJS.ProcessEnv => {
	const others = Object.entries(process.env).filter(([name]) => !name.startsWith("DECENTRAHEALTH_"));
	return { ...Object.fromEntries(others), [PASSPHRASE_VARIABLE]: passphrase };
};

export const supervise = (options: SuperviseOptions): Supervision => {
	const { configs, passphrase, restart, say, tell, onRestart } = options;
	const running = new Map<string, ChildProcess>();
	let stopping = false;

	const start = (place: Place, config: string): void => {
		const { name, role } = place;
		const child = spawn(process.execPath, workerCommand(role, config), {
			cwd: ROOT,
			env: workerEnvironment(passphrase),
			stdio: ["ignore", "pipe", "pipe"],
		});
		running.set(name, child);
		for (const stream of [child.stdout, child.stderr]) {
			createInterface({ input: stream }).on("line", (line) => tell(name, line));
		}
		child.once("exit", (code, signal) => {
			running.delete(name);
			if (stopping) return;
			const end = signal === null ? `ended with ${code}` : `was killed (${signal})`;
			say(`${name} ${end}${restart ? "; it is started again" : "; it stays away"}`);
			if (!restart) return;
			setTimeout(() => {
				if (stopping) return;
				start(place, config);
				say(`${name} runs again, process ${running.get(name)?.pid}`);
				void onRestart?.(name);
			}, RESTART_DELAY).unref();
		});
	};

	// Whatever ends this process, no worker outlives it.
	const killAll = (): void => {
		for (const child of running.values()) child.kill("SIGKILL");
	};
	process.once("exit", killAll);
	for (const [place, config] of configs) start(place, config);

	return {
		pids: () => new Map([...running].map(([name, { pid }]) => [name, pid ?? 0])),
		stop: async () => {
			stopping = true;
			const ends = [...running.values()].map(
				(child) =>
					new Promise<void>((resolve) => {
						if (child.exitCode !== null || child.signalCode !== null) resolve();
						else child.once("exit", () => resolve());
					}),
			);
			for (const child of running.values()) child.kill("SIGTERM");
			const force = setTimeout(killAll, STOP_TIMEOUT);
			await Promise.all(ends);
			clearTimeout(force);
			process.removeListener("exit", killAll);
		},
	};
};
