import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bn254 } from "@noble/curves/bn254.js";
import { type MemoryFile, wtns, zKey } from "snarkjs";
import { circuitKeys } from "../../scripts/circuits/keys.ts";
import { fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { temporaryPhase1 } from "../../scripts/circuits/setup/phase1Seed.ts";
import { MANIFEST_NAME } from "../../worker/adapters/prover/manifest.ts";
import { calculateWitness } from "../../worker/adapters/prover/witness.ts";
import { type CircuitFiles, closeProver, loadCircuit, prove, verifyProof } from "../../worker/adapters/prover.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { parseProof } from "../../worker/protocol/proof.ts";
import { productCircuit } from "../support/circuits/productCircuit.ts";
import { type TestCircuit, testCircuit } from "../support/circuits/testCircuit.ts";
import { rejectsWithCode, throwsWithCode } from "../support/rejectsWithCode.ts";

const Q = bn254.fields.Fp.ORDER;

describe("prover", () => {
	let folder: string;
	let test: TestCircuit;
	let circuit: CircuitFiles;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "prover-"));
		const made = await productCircuit(folder);
		test = made.test;
		assert.equal(made.keys.developmentOnly, true);
		circuit = await loadCircuit(folder, "Product");
	});
	after(async () => {
		await closeProver();
		await rm(folder, { recursive: true });
	});

	it("proves, and verifies only the very same statement", async () => {
		const { proof, publicSignals } = await prove(circuit, { a: 7n, b: 5n });
		assert.deepEqual(publicSignals, [35n, 7n]);
		const key = circuit.verificationKey;
		assert.equal(await verifyProof(key, publicSignals, proof), true);
		assert.equal(await verifyProof(key, [36n, 7n], proof), false);
		assert.equal(await verifyProof(key, [35n], proof), false);
		assert.equal(await verifyProof(key, [35n, 7n + FIELD_ORDER], proof), false);
		for (let word = 0; word < 8; word++) {
			const tampered = proof.map((value, index) => (index === word ? (value + 1n) % Q : value));
			assert.equal(await verifyProof(key, publicSignals, tampered), false, `word ${word}`);
		}
		const [ax, ay, , , , , cx, cy] = proof;
		assert.equal(await verifyProof(key, publicSignals, [cx, cy, ...proof.slice(2, 6), ax, ay]), false);
		const { y } = bn254.G1.Point.fromAffine({ x: ax, y: ay }).negate().toAffine();
		assert.equal(await verifyProof(key, publicSignals, [ax, y, ...proof.slice(2)]), false);
	});

	it("proves in zero knowledge: two proofs of one statement differ", async () => {
		const first = await prove(circuit, { a: 7n, b: -3n });
		const second = await prove(circuit, { a: 7n, b: FIELD_ORDER - 3n });
		assert.deepEqual(first.publicSignals, second.publicSignals);
		assert.notDeepEqual(first.proof, second.proof);
	});

	it("proves as many at once as it is asked for, though some fail or are stopped, and again after it was closed", async () => {
		const stopped = new AbortController();
		const asked = [2n, 3n, 4n, 5n, 6n].map((a) => prove(circuit, { a, b: a === 4n ? 6n : 5n }));
		const late = rejectsWithCode(prove(circuit, { a: 7n, b: 5n }, { signal: stopped.signal }), "ABORTED");
		stopped.abort();
		const closing = closeProver();
		const after = prove(circuit, { a: 8n, b: 5n });
		const results = await Promise.allSettled(asked);
		assert.deepEqual(
			results.map((result) => (result.status === "fulfilled" ? result.value.publicSignals : result.reason.code)),
			[[10n, 2n], [15n, 3n], "PROOF_INVALID", [25n, 5n], [30n, 6n]],
		);
		await late;
		await closing;
		assert.deepEqual((await after).publicSignals, [40n, 8n]);
	});

	it("refuses numbers that are no proof", async () => {
		const { proof } = await prove(circuit, { a: 7n, b: 5n });
		const replaced = (changes: Readonly<Record<number, bigint>>) => proof.map((word, index) => changes[index] ?? word);
		const twistPoint = (() => {
			// On the twist, outside the prime-order subgroup: its cofactor is about 2^254, so nearly every point is.
			const { Fp2 } = bn254.fields;
			for (let c0 = 1n; ; c0++) {
				const x = { c0, c1: 0n };
				try {
					const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.Point.CURVE().b));
					return { 2: 0n, 3: c0, 4: y.c1, 5: y.c0 };
				} catch {
					// not a square
				}
			}
		})();
		for (const words of [
			[],
			proof.slice(1),
			[...proof, 0n],
			replaced({ 0: 0n, 1: 0n }),
			replaced({ 2: 0n, 3: 0n, 4: 0n, 5: 0n }),
			replaced({ 6: 0n, 7: 0n }),
			replaced({ 0: proof[0] + Q }),
			replaced({ 6: -1n }),
			replaced({ 0: 1n, 1: 3n }),
			replaced({ 2: proof[3], 3: proof[2] }),
			replaced(twistPoint),
		]) {
			throwsWithCode(() => parseProof(words), "PROOF_INVALID");
			assert.equal(await verifyProof(circuit.verificationKey, [35n, 7n], words), false);
		}
		assert.deepEqual(parseProof(proof), proof);
	});

	it("calculates the same witness file as snarkjs", async () => {
		for (const b of [5n, -3n]) {
			const theirs: MemoryFile = { type: "mem" };
			await wtns.calculate({ a: 2n ** 200n, b }, circuit.wasm, theirs);
			assert.deepEqual(await calculateWitness(circuit.wasm, { a: [2n ** 200n], b: `${b}` }), theirs.data);
		}
	});

	it("names what is wrong with input, keys and manifest", async () => {
		await rejectsWithCode(prove(circuit, { a: 7n, b: 6n }), "PROOF_INVALID");
		await rejectsWithCode(prove(circuit, { a: 7n }), "PROOF_INVALID");
		await rejectsWithCode(
			prove({ ...circuit, provingKey: join(folder, "no.zkey") }, { a: 7n, b: 5n }),
			"PROVING_KEY_MISSING",
		);
		await rejectsWithCode(
			prove({ ...circuit, wasm: join(folder, "no.wasm") }, { a: 7n, b: 5n }),
			"PROVING_KEY_MISSING",
		);
		await rejectsWithCode(prove(circuit, { a: 7n, b: 5n }, { signal: AbortSignal.abort() }), "ABORTED");
		await rejectsWithCode(loadCircuit(folder, "Other"), "PROVING_KEY_MISSING");
		await rejectsWithCode(loadCircuit(join(folder, "nowhere"), "Product"), "PROVING_KEY_MISSING");
		const foreign = join(folder, "foreign");
		await mkdir(foreign);
		await writeFile(join(foreign, MANIFEST_NAME), "{");
		await rejectsWithCode(loadCircuit(foreign, "Product"), "PROVING_KEY_MISMATCH");
	});

	it("refuses keys of another circuit or another setup", async () => {
		const pool = await fixedBasePool(1);
		const again = { ...test.files, folder: join(folder, "again") };
		await mkdir(again.folder);
		const others = await circuitKeys(again, {
			phase1: temporaryPhase1(),
			openPool: async () => pool,
			log: () => undefined,
		});
		await pool.close();
		await rejectsWithCode(
			prove({ ...circuit, provingKey: others.provingKey }, { a: 7n, b: 5n }),
			"PROVING_KEY_MISMATCH",
		);
		const otherCircuit = await testCircuit({
			template: "Square",
			source: "template Square() { signal input a; signal input b; signal s <== a * b; signal output c <== s * s; }",
		});
		const mixed = { ...circuit, wasm: otherCircuit.files.wasm };
		await rejectsWithCode(prove(mixed, { a: 7n, b: 5n }), "PROVING_KEY_MISMATCH");
		const key = circuit.verificationKeyFile;
		await copyFile(key, join(folder, "kept.json"));
		await copyFile(others.verificationKeyFile, key);
		await rejectsWithCode(loadCircuit(folder, "Product"), "PROVING_KEY_MISMATCH");
		await copyFile(join(folder, "kept.json"), key);
		assert.equal((await zKey.exportVerificationKey(circuit.provingKey)).nPublic, 2);
	});
});
