/**
 * Everything that proofs of some studies need: generated constants, compiled circuits, development proving keys, Solidity verifiers, and the
 * manifest by which workers find them. What earlier runs prepared for other studies stays.
 *
 *     npm run circuits [-- --study FILE]... [--json]
 */
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { Command } from "commander";
import { closeProver } from "../../worker/adapters/prover.ts";
import { DEFAULT_STUDY, readStudyFile } from "../../worker/adapters/studyFile.ts";
import { requireWithinBudget } from "../../worker/core/estimate/budget.ts";
import { studyInstanceName } from "../../worker/protocol/circuitNames.ts";
import { DecentraHealthError, isDecentraHealthError } from "../../worker/protocol/errors.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { REPOSITORY } from "./circom.ts";
import { CIRCUIT_CACHE, compileInstance, TEST_CIRCUIT_CACHE } from "./compile.ts";
import { exclusively } from "./exclusively.ts";
import { generateConstants } from "./generateConstants.ts";
import { type CircuitInstance, publicSignalsOf, studyInstances } from "./instances.ts";
import { type CircuitKeys, circuitKeys } from "./keys.ts";
import { manifestKeys, mergeManifest, type PreparedCircuit, writeManifest } from "./preparedStudies.ts";
import { pruneCircuits } from "./prune.ts";
import { type FixedBasePool, fixedBasePool } from "./setup/fixedBase.ts";
import { sharedPhase1 } from "./setup/phase1Seed.ts";
import { generateVerifiers } from "./verifiers.ts";

/** Made by the first run; its keys are found by its digest. */
const PHASE1_SEED = join(CIRCUIT_CACHE, "INSECURE-development-seed.json");

const LOCK = join(CIRCUIT_CACHE, "manifest.lock");

export type { PreparedCircuit } from "./preparedStudies.ts";

export type PrepareOptions = {
	/** One line per step, without elapsed time. */
	readonly log?: (line: string) => void;
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

/** @throws DecentraHealthError CIRCUIT_COMPILE when two different studies would have the same circuits' names */
const requireOwnNames = (studies: readonly Study[]): void => {
	const known = new Map<string, Study>();
	for (const study of studies) {
		const name = studyInstanceName(study.name);
		const other = known.get(name);
		if (other !== undefined) {
			throw new DecentraHealthError("CIRCUIT_COMPILE", {
				message: `the studies "${other.name}" and "${study.name}" would both have the circuits TrainSegment${name}, EncryptUpdate${name}, KeySum${name}`,
				nextStep: "give the studies different names, or name each file once",
			});
		}
		known.set(name, study);
	}
};

type Log = (line: string) => void;

/** Manifest and verifiers of everything prepared so far, these circuits included. */
const publish = (circuits: readonly PreparedCircuit[], log: Log): Promise<void> =>
	exclusively(LOCK, async () => {
		const { manifest, dropped } = await mergeManifest(CIRCUIT_CACHE, circuits);
		for (const study of dropped) log(`${study}: its circuits have changed; prepare it again before its next use`);
		await generateVerifiers(await manifestKeys(CIRCUIT_CACHE, manifest));
		await writeManifest(CIRCUIT_CACHE, manifest);
		for (const cache of [CIRCUIT_CACHE, TEST_CIRCUIT_CACHE]) {
			const removed = await pruneCircuits(cache);
			if (removed > 0) log(`removed ${removed} unused folders below ${relative(REPOSITORY, cache)}`);
		}
	});

/**
 * Brings the circuits of these studies up to date; instant when they are.
 * @throws DecentraHealthError STUDY_OVER_BUDGET, CIRCUIT_COMPILE
 */
export const prepareCircuits = async (
	studies: readonly Study[],
	{ log = () => undefined }: PrepareOptions = {},
): Promise<readonly PreparedCircuit[]> => {
	requireOwnNames(studies);
	// In a second, instead of after minutes of compiling.
	for (const study of studies) requireWithinBudget(study);
	await generateConstants();
	await mkdir(CIRCUIT_CACHE, { recursive: true });
	const phase1 = await sharedPhase1(PHASE1_SEED);
	let pool: FixedBasePool | undefined;
	const openPool = async (): Promise<FixedBasePool> => {
		pool ??= await fixedBasePool();
		return pool;
	};
	try {
		const circuits: PreparedCircuit[] = [];
		for (const study of studies) {
			const instances = studyInstances(study);
			log(`compiling ${instances.map(({ name }) => name).join(", ")}`);
			// The compiler uses one core a circuit; a setup uses all.
			const compile = async (instance: CircuitInstance) => {
				const compiled = await compileInstance(instance);
				log(`${instance.name}: compiled`);
				return { instance, compiled };
			};
			for (const { instance, compiled } of await Promise.all(instances.map(compile))) {
				const { name } = instance;
				const keys = await circuitKeys(compiled, { phase1, openPool, log: (line) => log(`${name}: ${line}`) });
				requireSignals(instance, keys);
				log(`${name}: keys ready`);
				circuits.push({ study: study.name, instance, compiled, keys });
			}
		}
		log("verifier contracts and manifest");
		await publish(circuits, log);
		return circuits;
	} finally {
		await pool?.close();
		await closeProver();
	}
};

const main = async (files: readonly string[], json: boolean): Promise<void> => {
	const startedAt = performance.now();
	const elapsed = (): number => (performance.now() - startedAt) / 1000;
	const studies = await Promise.all(files.map(readStudyFile));
	const circuits = await prepareCircuits(studies, {
		log: (line) => process.stderr.write(`[${elapsed().toFixed(1).padStart(6)} s] ${line}\n`),
	});
	process.stderr.write(`[${elapsed().toFixed(1).padStart(6)} s] ${circuits.length} circuits are ready\n`);
	if (!json) return;
	const report = circuits.map(({ study, instance, compiled, keys: { vkHash, developmentOnly } }) => ({
		study,
		name: instance.name,
		hash: compiled.hash,
		vkHash,
		developmentOnly,
	}));
	process.stdout.write(`${JSON.stringify({ seconds: elapsed(), circuits: report })}\n`);
};

if (import.meta.main) {
	const program = new Command("npm run circuits --")
		.description(
			"Compiles a study's circuits, makes development proving keys and Solidity verifiers. Results are cached below .cache/circuits by content; a second run does nothing.",
		)
		.option(
			"--study <file>",
			`a study's file, or the name of one in studies/; may be repeated (default: ${DEFAULT_STUDY})`,
			(file: string, files: readonly string[] = []) => [...files, file],
		)
		.option("--json", "print one JSON object about the circuits on standard output")
		.allowExcessArguments(false)
		.parse();
	const { study = [DEFAULT_STUDY], json = false } = program.opts<{ study?: readonly string[]; json?: boolean }>();
	await main(study, json).catch((error: unknown) => {
		if (!isDecentraHealthError(error)) throw error;
		process.stderr.write(`error ${error.code}: ${error.message}\n  ${error.nextStep}\n`);
		process.exitCode = 1;
	});
}
