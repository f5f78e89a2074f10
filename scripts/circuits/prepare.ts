/**
 * Everything that proofs need: generated constants, compiled circuits, development proving keys, Solidity verifiers, and the manifest by which
 * workers find them.
 *
 *     npm run circuits [-- --json]
 */
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import type { z } from "zod";
import { MANIFEST_NAME, type manifestSchema } from "../../worker/adapters/prover/manifest.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { writeWhenChanged } from "../writeWhenChanged.ts";
import { type CompiledCircuit, REPOSITORY } from "./circom.ts";
import { CIRCUIT_CACHE, compileInstance, TEST_CIRCUIT_CACHE } from "./compile.ts";
import { generateConstants } from "./generateConstants.ts";
import { type CircuitInstance, circuitInstances, publicSignalsOf } from "./instances.ts";
import { type CircuitKeys, circuitKeys } from "./keys.ts";
import { pruneCircuits } from "./prune.ts";
import { type FixedBasePool, fixedBasePool } from "./setup/fixedBase.ts";
import { sharedPhase1 } from "./setup/phase1Seed.ts";
import { generateVerifiers } from "./verifiers.ts";

/** Made by the first run; its keys are found by its digest. */
const PHASE1_SEED = join(CIRCUIT_CACHE, "INSECURE-development-seed.json");

export type PreparedCircuit = { readonly name: string; readonly compiled: CompiledCircuit; readonly keys: CircuitKeys };

export type PrepareOptions = {
	/** One line per step, without elapsed time. */
	readonly log?: (line: string) => void;
};

/** Replaces the manifest in one rename, and only when it changed. */
const writeManifest = (circuits: readonly PreparedCircuit[]): string => {
	const local = (path: string): string => relative(CIRCUIT_CACHE, path);
	const manifest: z.infer<typeof manifestSchema> = {
		circuits: Object.fromEntries(
			circuits.map(({ name, compiled, keys }) => [
				name,
				{
					wasm: local(compiled.wasm),
					provingKey: local(keys.provingKey),
					verificationKey: local(keys.verificationKeyFile),
					vkHash: keys.vkHash,
					developmentOnly: keys.developmentOnly,
				},
			]),
		),
	};
	const path = join(CIRCUIT_CACHE, MANIFEST_NAME);
	const text = `${JSON.stringify(manifest, null, 1)}\n`;
	writeWhenChanged(path, text);
	return path;
};

/** The compiler checked that the declared signals come first; this, that there are no more. */
const requireSignals = (instance: CircuitInstance, { publicSignals }: CircuitKeys): void => {
	const declared = publicSignalsOf(instance).length;
	if (publicSignals === declared) return;
	throw new DecentraHealthError("CIRCUIT_COMPILE", {
		message: `${instance.name} has ${publicSignals} public signals, ${declared} are declared`,
		nextStep: "correct circuits/circuits.json",
	});
};

/**
 * Brings all instances of circuits/circuits.json up to date; instant when they are.
 * @throws DecentraHealthError CIRCUIT_COMPILE
 */
export const prepareCircuits = async ({
	log = () => undefined,
}: PrepareOptions = {}): Promise<readonly PreparedCircuit[]> => {
	await generateConstants();
	await mkdir(CIRCUIT_CACHE, { recursive: true });
	const phase1 = await sharedPhase1(PHASE1_SEED);
	let pool: FixedBasePool | undefined;
	const openPool = async (): Promise<FixedBasePool> => {
		pool ??= await fixedBasePool();
		return pool;
	};
	try {
		// The compiler uses one core a circuit; a setup uses all.
		const instances = circuitInstances();
		log(`compiling ${instances.map(({ name }) => name).join(", ")}`);
		const compile = async (instance: CircuitInstance) => {
			const compiled = await compileInstance(instance);
			log(`${instance.name}: compiled`);
			return { instance, compiled };
		};
		const circuits: PreparedCircuit[] = [];
		for (const { instance, compiled } of await Promise.all(instances.map(compile))) {
			const { name } = instance;
			const keys = await circuitKeys(compiled, { phase1, openPool, log: (line) => log(`${name}: ${line}`) });
			requireSignals(instance, keys);
			log(`${name}: keys ready`);
			circuits.push({ name, compiled, keys });
		}
		log("verifier contracts and manifest");
		await generateVerifiers(new Map(circuits.map(({ name, keys }) => [name, keys])));
		writeManifest(circuits);
		for (const cache of [CIRCUIT_CACHE, TEST_CIRCUIT_CACHE]) {
			const removed = await pruneCircuits(cache);
			if (removed > 0) log(`removed ${removed} unused folders below ${relative(REPOSITORY, cache)}`);
		}
		return circuits;
	} finally {
		await pool?.close();
		await closeProver();
	}
};

const HELP = `Compiles the circuits of circuits/circuits.json, makes development proving keys and Solidity verifiers.
Results are cached below .cache/circuits by content; a second run does nothing.

  --json   print one JSON object about the circuits on standard output
  --help   this text
`;

const main = async (args: readonly string[]): Promise<void> => {
	const unknown = args.find((arg) => arg !== "--json" && arg !== "--help");
	if (unknown !== undefined || args.includes("--help")) {
		(unknown === undefined ? process.stdout : process.stderr).write(HELP);
		process.exitCode = unknown === undefined ? 0 : 1;
		return;
	}
	const startedAt = performance.now();
	const elapsed = (): number => (performance.now() - startedAt) / 1000;
	const circuits = await prepareCircuits({
		log: (line) => process.stderr.write(`[${elapsed().toFixed(1).padStart(6)} s] ${line}\n`),
	});
	process.stderr.write(`[${elapsed().toFixed(1).padStart(6)} s] ${circuits.length} circuits are ready\n`);
	if (!args.includes("--json")) return;
	const report = circuits.map(({ name, compiled, keys: { vkHash, developmentOnly } }) => ({
		name,
		hash: compiled.hash,
		vkHash,
		developmentOnly,
	}));
	process.stdout.write(`${JSON.stringify({ seconds: elapsed(), circuits: report })}\n`);
};

if (import.meta.main) {
	await main(process.argv.slice(2)).catch((error: unknown) => {
		if (!isDecentraHealthError(error)) throw error;
		process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.nextStep}\n`);
		process.exitCode = 1;
	});
}
