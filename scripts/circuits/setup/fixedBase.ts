/** Many multiples of the BN254 generators at once, on all cores. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { buildBn128 } from "ffjavascript";
import { oneAtATime } from "../../../worker/adapters/oneAtATime.ts";
import { type CurveModule, digitCount, type FixedBaseJob, type Group } from "./fixedBaseWorker.ts";

const WORKER = new URL("./fixedBaseWorker.ts", import.meta.url);
const SCALAR_BYTES = 32;
/** More threads than this only cost memory: every one holds its own tables. */
const MOST_THREADS = 8;

/** Scalars as the pool takes them: 32 bytes little endian each. Elements must be canonical. */
export const scalarBytes = (scalars: readonly bigint[]): SharedArrayBuffer => {
	const bytes = new SharedArrayBuffer(scalars.length * SCALAR_BYTES);
	const words = new BigUint64Array(bytes);
	scalars.forEach((scalar, index) => {
		for (let word = 0; word < 4; word++) words[4 * index + word] = scalar >> BigInt(64 * word);
	});
	return bytes;
};

/** The digit width with the least work: table entries cost about 1.7 us, additions 0.6 us (G2: four times both). */
const bestWindow = (count: number, threads: number): number => {
	const cost = (window: number): number => digitCount(window) * (2 ** (window - 1) * 1.7 + (count / threads) * 0.6);
	return [4, 6, 8, 10, 12, 13, 14, 15].reduce((best, window) => (cost(window) < cost(best) ? window : best));
};

export type FixedBasePool = {
	/**
	 * scalar[i] * generator for all i: affine points in Montgomery form, little endian, as a .zkey holds them; zero bytes for scalar 0.
	 */
	readonly multiply: (group: Group, scalars: readonly bigint[]) => Promise<Uint8Array>;
	readonly close: () => Promise<void>;
};

/** The message of a finished job is null, or the reason of its failure. */
const runJob = (worker: Worker, job: FixedBaseJob): Promise<void> =>
	new Promise((resolve, reject) => {
		const finish = (result: unknown): void => {
			worker.off("message", finish).off("error", finish).off("exit", finish);
			if (result === null) resolve();
			else reject(result instanceof Error ? result : new Error(`a setup thread failed: ${String(result)}`));
		};
		worker.on("message", finish).on("error", finish).on("exit", finish);
		worker.postMessage(job);
	});

/** Starts the threads; close() ends them. */
export const fixedBasePool = async (
	threads = Math.min(availableParallelism(), MOST_THREADS),
): Promise<FixedBasePool> => {
	const curve = await buildBn128(true);
	const workerData: CurveModule = { code: curve.tm.code, generators: { G1: curve.G1.g, G2: curve.G2.g } };
	const workers = Array.from({ length: threads }, () => new Worker(WORKER, { workerData }));
	// One job at a time: its threads share the work.
	const inTurn = oneAtATime();
	return {
		multiply: (group, scalars) => {
			const points = new SharedArrayBuffer(scalars.length * (group === "G1" ? 64 : 128));
			const job: FixedBaseJob = {
				group,
				window: bestWindow(scalars.length, threads),
				count: scalars.length,
				scalars: scalarBytes(scalars),
				points,
				next: new SharedArrayBuffer(4),
			};
			const done = inTurn(() => Promise.all(workers.map((worker) => runJob(worker, job))));
			return done.then(() => new Uint8Array(points));
		},
		close: async () => {
			await Promise.all(workers.map((worker) => worker.terminate()));
		},
	};
};
