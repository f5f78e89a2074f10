import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { curves, groth16, type MemoryFile, wtns, zKey } from "snarkjs";
import { developmentSetup } from "../../scripts/circuits/setup/developmentSetup.ts";
import { type FixedBasePool, fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { CONTRIBUTIONS_SECTION, DEVELOPMENT_MARKER, isDevelopmentKey } from "../../scripts/circuits/setup/zkey.ts";
import { knownPowersOfTau } from "../support/circuits/knownPowersOfTau.ts";
import { type TestCircuit, testCircuit } from "../support/circuits/testCircuit.ts";

/** A circuit with an output, a public and private inputs, a wire only in A, one only in C, and constraints of several coefficients. */
const SOURCE = `template Example(n) {
	signal input key;
	signal input open;
	signal output out;
	component bits = Num2Bits(n);
	bits.in <== key;
	signal steps[n + 1];
	steps[0] <== open;
	for (var i = 0; i < n; i++) { steps[i + 1] <== (steps[i] + 3 * bits.out[i]) * (steps[i] - key) + 5; }
	out <== steps[n] * 7 - open;
}`;

/** Sections of a .zkey by id: [offset, size]. */
const sectionsOf = (bytes: Uint8Array): ReadonlyMap<number, Uint8Array> => {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const sections = new Map<number, Uint8Array>();
	for (let at = 12; at < bytes.byteLength; ) {
		const size = Number(view.getBigUint64(at + 4, true));
		sections.set(view.getUint32(at, true), bytes.subarray(at + 12, at + 12 + size));
		at += 12 + size;
	}
	return sections;
};

describe("development setup", () => {
	let folder: string;
	let circuit: TestCircuit;
	let pool: FixedBasePool;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "setup-"));
		pool = await fixedBasePool(2);
		circuit = await testCircuit({
			include: "circomlib/circuits/bitify.circom",
			template: "Example",
			params: [12],
			publicSignals: ["open"],
			source: SOURCE,
		});
	});
	after(async () => {
		await pool.close();
		await rm(folder, { recursive: true });
		await (await curves.getCurveFromName("bn128")).terminate();
	});

	it("writes the same key, byte for byte, as snarkjs does from the same trapdoor", async () => {
		const { file, tau, alpha, beta } = await knownPowersOfTau(6);
		const theirs: MemoryFile = { type: "mem" };
		await zKey.newZKey(await readFile(circuit.files.r1cs), file, theirs);
		const path = join(folder, "same.zkey");
		await developmentSetup({
			r1cs: circuit.files.r1cs,
			zkey: path,
			pool,
			phase1: { tau, alpha, beta },
			delta: 1n,
		});
		// Nobody has contributed to their key: it is for development too, whatever is not marked in it.
		const uncontributed = join(folder, "uncontributed.zkey");
		await writeFile(uncontributed, theirs.data ?? new Uint8Array());
		assert.equal(await isDevelopmentKey(uncontributed), true);
		assert.equal(await isDevelopmentKey(path), true);
		const contributed = join(folder, "contributed.zkey");
		await zKey.contribute(theirs, contributed, "a hospital", "entropy of a test");
		assert.equal(await isDevelopmentKey(contributed), false);
		const expected = sectionsOf(theirs.data ?? new Uint8Array());
		const found = sectionsOf(new Uint8Array(await readFile(path)));
		assert.deepEqual([...found.keys()], [...expected.keys()]);
		for (const [id, bytes] of expected) {
			if (id === CONTRIBUTIONS_SECTION) continue;
			assert.ok(Buffer.from(bytes).equals(found.get(id) ?? new Uint8Array()), `section ${id}`);
		}
		assert.equal(found.get(CONTRIBUTIONS_SECTION)?.length, expected.get(CONTRIBUTIONS_SECTION)?.length);
		assert.ok(
			Buffer.from(DEVELOPMENT_MARKER).equals(found.get(CONTRIBUTIONS_SECTION)?.subarray(0, 64) ?? new Uint8Array()),
		);
	});

	it("makes keys with which snarkjs proves, and refuses other signals and proofs", async () => {
		const zkey = join(folder, "random.zkey");
		await developmentSetup({ r1cs: circuit.files.r1cs, zkey, pool });
		const witness: MemoryFile = { type: "mem" };
		await wtns.calculate({ key: 1234n, open: 99n }, circuit.files.wasm, witness);
		const { proof, publicSignals } = await groth16.prove(zkey, witness);
		const key = await zKey.exportVerificationKey(zkey);
		assert.equal(key.nPublic, 2);
		assert.equal(await groth16.verify(key, publicSignals, proof), true);
		assert.equal(await groth16.verify(key, [publicSignals[0] as string, "98"], proof), false);
		assert.equal(await groth16.verify(key, publicSignals, { ...proof, pi_a: proof.pi_c }), false);
		const other = join(folder, "other.zkey");
		await developmentSetup({ r1cs: circuit.files.r1cs, zkey: other, pool });
		assert.equal(await groth16.verify(await zKey.exportVerificationKey(other), publicSignals, proof), false);
	});

	it("never overwrites a key", async () => {
		const zkey = join(folder, "once.zkey");
		await developmentSetup({ r1cs: circuit.files.r1cs, zkey, pool });
		await assert.rejects(developmentSetup({ r1cs: circuit.files.r1cs, zkey, pool }), { code: "EEXIST" });
	});
});
