/** The same proofs by the pipeline of worker/adapters/prover.ts and by a plain loop of `snarkjs groth16 fullprove`, for the benchmarks. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CircuitInput } from "snarkjs";
import { type CircuitFiles, prove } from "../../worker/adapters/prover.ts";

/** Of all proofs together, in wall and CPU seconds; on a busy machine only the latter can be compared. */
export type ProverTimes = {
	readonly seconds: number;
	readonly cpuSeconds: number;
	/** Largest resident memory of the process, in bytes. */
	readonly peakMemory: number;
};
export type ProverComparison = { readonly pipeline: ProverTimes; readonly fullProve: ProverTimes };

const json = (input: CircuitInput): string =>
	JSON.stringify(input, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));

/** Leaves what a process used, all its threads included, in a file. */
const USAGE_HOOK =
	"data:text/javascript,import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(process.env.USAGE_FILE,JSON.stringify(process.resourceUsage())))";

type Usage = Pick<NodeJS.ResourceUsage, "userCPUTime" | "systemCPUTime" | "maxRSS">;
const cpuSecondsOf = ({ userCPUTime, systemCPUTime }: Usage): number => (userCPUTime + systemCPUTime) / 1e6;

const run = (args: readonly string[], usageFile: string): Promise<void> =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, ["--import", USAGE_HOOK, ...args], {
			stdio: ["ignore", "ignore", "inherit"],
			env: { ...process.env, USAGE_FILE: usageFile },
		});
		child.once("error", reject);
		child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`snarkjs ended with ${code}`))));
	});

/** One process a proof, as a shell loop does. */
const fullProveLoop = async (
	{ wasm, provingKey }: CircuitFiles,
	inputs: readonly CircuitInput[],
): Promise<ProverTimes> => {
	const folder = await mkdtemp(join(tmpdir(), "fullprove-"));
	const cli = join(createRequire(import.meta.url).resolve("snarkjs"), "../cli.cjs");
	try {
		const files = inputs.map((_, index) => join(folder, `input-${index}.json`));
		for (const [index, file] of files.entries()) await writeFile(file, json(inputs[index] ?? {}));
		const usageFile = join(folder, "usage.json");
		const usages: Usage[] = [];
		const startedAt = performance.now();
		for (const file of files) {
			const results = [join(folder, "proof.json"), join(folder, "public.json")];
			await run([cli, "groth16", "fullprove", file, wasm, provingKey, ...results], usageFile);
			usages.push(JSON.parse(await readFile(usageFile, "utf8")));
		}
		return {
			seconds: (performance.now() - startedAt) / 1000,
			cpuSeconds: usages.reduce((sum, usage) => sum + cpuSecondsOf(usage), 0),
			peakMemory: 1024 * Math.max(...usages.map(({ maxRSS }) => maxRSS)),
		};
	} finally {
		await rm(folder, { recursive: true });
	}
};

/**
 * Proves every input both ways, one way after the other. The pipeline's time includes the verification of each proof, snarkjs' does not.
 * The caller ends the threads (closeProver).
 */
export const compareProvers = async (
	circuit: CircuitFiles,
	inputs: readonly CircuitInput[],
): Promise<ProverComparison> => {
	const before = process.resourceUsage();
	const startedAt = performance.now();
	await Promise.all(inputs.map((input) => prove(circuit, input)));
	const seconds = (performance.now() - startedAt) / 1000;
	const after = process.resourceUsage();
	const pipeline = {
		seconds,
		cpuSeconds: cpuSecondsOf(after) - cpuSecondsOf(before),
		peakMemory: after.maxRSS * 1024,
	};
	return { pipeline, fullProve: await fullProveLoop(circuit, inputs) };
};
