/** Timing in one process: several runs after a warm-up, the median quoted, and CPU time beside wall time. */
import { performance } from "node:perf_hooks";

export type Timing = {
	/** Median wall seconds. */
	readonly seconds: number;
	readonly least: number;
	readonly most: number;
	/** Median CPU seconds of this process, all threads. */
	readonly cpuSeconds: number;
	readonly runs: number;
};

const median = (values: readonly number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const measure = async (run: () => unknown, { runs = 3, warmUps = 1 } = {}): Promise<Timing> => {
	for (let index = 0; index < warmUps; index++) await run();
	const wall: number[] = [];
	const cpu: number[] = [];
	for (let index = 0; index < runs; index++) {
		const cpuBefore = process.cpuUsage();
		const before = performance.now();
		await run();
		wall.push((performance.now() - before) / 1000);
		const { user, system } = process.cpuUsage(cpuBefore);
		cpu.push((user + system) / 1e6);
	}
	return {
		seconds: median(wall),
		least: Math.min(...wall),
		most: Math.max(...wall),
		cpuSeconds: median(cpu),
		runs,
	};
};
