/** A tiny circuit with keys of its own, for tests of whoever proves: c = a b for b = 5 or -3, a public. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { circuitKeys } from "../../../scripts/circuits/keys.ts";
import { fixedBasePool } from "../../../scripts/circuits/setup/fixedBase.ts";
import { temporaryPhase1 } from "../../../scripts/circuits/setup/phase1Seed.ts";
import { MANIFEST_NAME } from "../../../worker/adapters/prover/manifest.ts";
import { testCircuit } from "./testCircuit.ts";

export const PRODUCT = "Product";

/** Compiles it, makes development keys and writes a manifest, so that loadCircuit(folder, PRODUCT) finds them. */
export const productCircuit = async (folder: string) => {
	const test = await testCircuit({
		template: PRODUCT,
		publicSignals: ["a"],
		source: "template Product() { signal input a; signal input b; signal output c <== a * b; b * (b - 2) === 15; }",
	});
	// The cache of test circuits is shared; keys belong to this test alone.
	const compiled = { ...test.files, folder: join(folder, PRODUCT) };
	await mkdir(compiled.folder);
	const pool = await fixedBasePool(1);
	const keys = await circuitKeys(compiled, {
		phase1: temporaryPhase1(),
		openPool: async () => pool,
		log: () => undefined,
	});
	await pool.close();
	const entry = {
		study: "product",
		circuit: test.files.hash,
		parameters: {},
		wasm: compiled.wasm,
		provingKey: relative(folder, keys.provingKey),
		verificationKey: relative(folder, keys.verificationKeyFile),
		vkHash: keys.vkHash,
		developmentOnly: keys.developmentOnly,
	};
	await writeFile(join(folder, MANIFEST_NAME), JSON.stringify({ circuits: { [PRODUCT]: entry } }));
	return { test, keys };
};
