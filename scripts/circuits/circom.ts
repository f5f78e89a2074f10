/** The circom compiler (npm circom2: circom 2.2 as WebAssembly) as one call with an atomic, content-addressed result. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { markUsed } from "./prune.ts";
import { circuitHash, LIBRARY_FOLDERS } from "./sources.ts";

const require = createRequire(import.meta.url);

/** The repository's root. circom2 sees only files below the folder it is started in, so it always runs here. */
export const REPOSITORY = join(import.meta.dirname, "../..");

/** Simplification of linear constraints: none, signal = signal and signal = constant only, or all. */
export type Optimization = "O0" | "O1" | "O2";

/** A compiled circuit's files (absolute paths). */
export type CompiledCircuit = {
	readonly folder: string;
	/** Content hash of sources, main component, compiler and flags. */
	readonly hash: string;
	readonly r1cs: string;
	readonly wasm: string;
	/** Names of the witness's signals. */
	readonly sym: string;
};

export type CircomJob = {
	readonly name: string;
	/** The whole main file: includes (from the repository's root or from node_modules) and `component main`. */
	readonly source: string;
	readonly optimization: Optimization;
	/** Folder below which <name>/<hash>/ is written; it must be in the repository. */
	readonly cache: string;
};

const COMPILER = (require("circom2/package.json") as { version: string }).version;

const filesIn = (folder: string): CompiledCircuit => ({
	folder,
	hash: basename(folder),
	r1cs: join(folder, "circuit.r1cs"),
	wasm: join(folder, "circuit.wasm"),
	sym: join(folder, "circuit.sym"),
});

/**
 * The content hash under which a main file's circuit is found once it is compiled.
 * @throws DecentraHealthError CIRCUIT_COMPILE when an include cannot be found
 */
export const compiledHash = (source: string, optimization: Optimization): string =>
	circuitHash(REPOSITORY, source, [COMPILER, optimization]);

const runCircom = (args: readonly string[]): Promise<string> =>
	new Promise((resolve, reject) => {
		const command = [require.resolve("circom2/cli.js"), ...args];
		execFile(
			process.execPath,
			command,
			{ cwd: REPOSITORY, maxBuffer: 2 ** 26 },
			(error: Error | null, stdout: string, stderr: string) => {
				if (error === null) return resolve(stdout);
				// The compiler reports on stdout and colours it.
				// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours start with ESC
				const report = `${stdout}\n${stderr}`.replace(/\u001b\[[0-9;]*m/g, "").trim();
				reject(
					new DecentraHealthError("CIRCUIT_COMPILE", {
						message: `circom refused the circuit:\n${report || error.message}`,
						nextStep: "correct the circuit at the place the compiler names",
						cause: error,
					}),
				);
			},
		);
	});

/**
 * Compiles `source`, unless the very same circuit was compiled before.
 * The result appears under its content hash in one rename, so a killed or parallel compilation never leaves half a circuit.
 * @throws DecentraHealthError CIRCUIT_COMPILE
 */
export const compileCircom = async ({ name, source, optimization, cache }: CircomJob): Promise<CompiledCircuit> => {
	const work = join(cache, name, `.work-${randomBytes(6).toString("hex")}`);
	await mkdir(work, { recursive: true });
	try {
		const main = join(work, "circuit.circom");
		await writeFile(main, source);
		const mainPath = relative(REPOSITORY, main);
		const hash = compiledHash(source, optimization);
		const folder = join(cache, name, hash);
		if (existsSync(folder)) {
			await markUsed(folder);
			return filesIn(folder);
		}
		const libraries = LIBRARY_FOLDERS.flatMap((library) => ["-l", library]);
		await runCircom([
			mainPath,
			...["--r1cs", "--wasm", "--sym", `--${optimization}`, "-o", dirname(mainPath)],
			...libraries,
		]);
		await rename(join(work, "circuit_js", "circuit.wasm"), join(work, "circuit.wasm"));
		await rm(join(work, "circuit_js"), { recursive: true });
		try {
			await rename(work, folder);
		} catch (error) {
			// Somebody else finished the same circuit first.
			if (!existsSync(folder)) throw error;
		}
		return filesIn(folder);
	} finally {
		await rm(work, { recursive: true, force: true });
	}
};
