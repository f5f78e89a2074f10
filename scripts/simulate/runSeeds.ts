/** All seeds of a simulation, on as many threads as there are cores, where there is more than one seed. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { runSeed, type SeedOptions, type SeedReport } from "./runSeed.ts";
import type { ThreadInput, ThreadMessage } from "./seedWorker.ts";

const WORKER = new URL("./seedWorker.ts", import.meta.url);

const runThread = (
	workerData: ThreadInput,
	progress: (what: string) => void,
	signal: AbortSignal,
): Promise<SeedReport[]> =>
	new Promise((resolve, reject) => {
		const reports: SeedReport[] = [];
		const thread = new Worker(WORKER, { workerData });
		const stop = () => void thread.terminate();
		signal.addEventListener("abort", stop, { once: true });
		thread.on("message", (message: ThreadMessage) => {
			if (message.kind === "progress") progress(`seed ${message.seed}: ${message.what}`);
			else if (message.kind === "done") reports.push(message.report);
			else reject(new DecentraHealthError(message.code, message));
		});
		thread.on("error", reject);
		thread.on("exit", () => {
			signal.removeEventListener("abort", stop);
			if (reports.length === workerData.seeds.length) resolve(reports);
			else reject(signal.reason ?? new Error("a thread of the simulation ended early"));
		});
	});

/**
 * @returns reports in the order of `seeds`
 * @throws DecentraHealthError; RangeError when the rows can't be cut as asked
 */
export const runSeeds = async (
	options: SeedOptions,
	seeds: readonly string[],
	progress: (what: string) => void,
	signal: AbortSignal,
): Promise<readonly SeedReport[]> => {
	const threads = Math.min(seeds.length, availableParallelism());
	if (threads < 2) {
		const reports: SeedReport[] = [];
		for (const seed of seeds) {
			reports.push(await runSeed(options, seed, (what) => progress(`seed ${seed}: ${what}`), signal));
		}
		return reports;
	}
	const stop = new AbortController();
	const stopAll = () => stop.abort(signal.reason);
	signal.addEventListener("abort", stopAll, { once: true });
	try {
		const shares = Array.from({ length: threads }, (_, thread) =>
			seeds.filter((_, index) => index % threads === thread),
		);
		const found = await Promise.all(shares.map((own) => runThread({ options, seeds: own }, progress, stop.signal)));
		return found.flat().sort((a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed));
	} finally {
		stop.abort();
		signal.removeEventListener("abort", stopAll);
	}
};
