/** One participant of a scenario and its worker: started, killed, paused; and started again, as a supervisor would, when it ends by itself. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerPlaces } from "../../../worker/service/request.ts";
import type { RandomRing } from "../randomRing.ts";
import { type Name, PASSPHRASE, roleOf } from "./consortium.ts";
import type { RunningWorker, WorkerPool } from "./workerPool.ts";

/** Why a worker ended by itself. */
export type Problem = { readonly name: Name; readonly code: string; readonly message: string };

export type Actor = {
	readonly name: Name;
	readonly folder: string;
	readonly start: () => Promise<void>;
	/** SIGKILL; it stays down until `start`. */
	readonly kill: () => Promise<void>;
	readonly pause: () => void;
	readonly resume: () => void;
	readonly isUp: () => boolean;
	/** Where it listens, once it does; of the process that runs now. */
	readonly places: () => Promise<WorkerPlaces>;
	/** Resolves at the start of the next proof of a circuit whose name begins so. */
	readonly proving: (circuit: string) => Promise<void>;
	/** Blocks in its own store: files named by their digests. */
	readonly blocks: () => readonly string[];
	readonly loseBlock: (path: string) => void;
	readonly corruptBlock: (path: string) => void;
	readonly logFile: string;
	/** @returns whether it ended by itself when it was told to */
	readonly end: () => Promise<boolean>;
};

export type ActorOptions = {
	readonly pool: WorkerPool;
	readonly folder: string;
	readonly logs: string;
	readonly seed: string;
	/** Milliseconds of a proof. */
	readonly proving: readonly [number, number];
	readonly random: RandomRing;
	readonly onProblem: (problem: Problem) => void;
};

const RESTART_AFTER = 250;
const MOST_RESTARTS = 40;
const PROVING_TIMEOUT = 90_000;

export const createActor = (name: Name, options: ActorOptions): Actor => {
	const { pool, folder, logs, seed, random, onProblem } = options;
	const logFile = join(logs, `${name}.log`);
	let worker: RunningWorker | undefined;
	let wanted = false;
	let starts = 0;
	let waiting: { readonly circuit: string; readonly resolve: () => void }[] = [];

	const launch = async (): Promise<void> => {
		const started = await pool.start({
			role: roleOf(name),
			configFile: join(folder, "worker.json"),
			passphrase: PASSPHRASE,
			logFile,
			seed: `${seed}/${name}/${starts++}`,
			proving: options.proving,
		});
		worker = started;
		started.onProving = (circuit) => {
			const due = waiting.filter((one) => circuit.startsWith(one.circuit));
			waiting = waiting.filter((one) => !due.includes(one));
			for (const { resolve } of due) resolve();
		};
		void started.ended.then(async ({ problem }) => {
			if (!wanted || worker !== started) return;
			onProblem({ name, ...(problem ?? { code: "ENDED", message: "ended though nobody told it to" }) });
			await sleep(RESTART_AFTER);
			if (wanted && worker === started && starts <= MOST_RESTARTS) await launch();
		});
		// Killed while it was being started.
		if (!wanted) await started.kill();
	};

	const blockFolder = join(folder, "ipfs");
	return {
		name,
		folder,
		logFile,
		start: async () => {
			if (wanted) return;
			wanted = true;
			await launch();
		},
		kill: async () => {
			wanted = false;
			await worker?.kill();
		},
		pause: () => worker?.pause(),
		resume: () => worker?.resume(),
		isUp: () => wanted && worker?.hasEnded() === false,
		places: async () => {
			if (worker === undefined) throw new Error(`${name} was never started`);
			return worker.ready;
		},
		proving: (circuit) =>
			new Promise((resolve, reject) => {
				const late = () => reject(new Error(`${name} did not prove ${circuit} within ${PROVING_TIMEOUT / 1000} s`));
				const timer = setTimeout(late, PROVING_TIMEOUT);
				const done = () => {
					clearTimeout(timer);
					resolve();
				};
				waiting.push({ circuit, resolve: done });
			}),
		blocks: () =>
			existsSync(blockFolder)
				? readdirSync(blockFolder, { recursive: true })
						.map(String)
						.filter((path) => /[0-9a-f]{62}$/.test(path))
						.map((path) => join(blockFolder, path))
						.sort()
				: [],
		loseBlock: (path) => rmSync(path, { force: true }),
		corruptBlock: (path) => {
			const bytes = readFileSync(path);
			const at = random.below(bytes.length);
			bytes[at] = (bytes[at] as number) ^ 1;
			writeFileSync(path, bytes);
		},
		end: async () => {
			if (!wanted || worker === undefined) return true;
			wanted = false;
			return worker.stop();
		},
	};
};
