import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { circuitKeys, type KeyOptions } from "../../scripts/circuits/keys.ts";
import { type FixedBasePool, fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { sharedPhase1, temporaryPhase1 } from "../../scripts/circuits/setup/phase1Seed.ts";
import { phase1Of, randomDelta } from "../../scripts/circuits/setup/trapdoor.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { decodeVerificationKey, type VerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import { type TestCircuit, testCircuit } from "../support/circuits/testCircuit.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";

/** The generator of G2, as EIP-197 gives it. */
const G2_GENERATOR = [
	[
		"10857046999023057135944570762232829481370756359578518086990519993285655852781",
		"11559732032986387107991004021392285783925812861821192530917403151452391805634",
	],
	[
		"8495653923123431417604973247489272438418190587263600148770280649306958101930",
		"4082367875863433681332203403145435568316851327593401208105741076214120093531",
	],
	["1", "0"],
];

describe("phase 1 of the development setup", () => {
	let folder: string;
	let pool: FixedBasePool;
	const circuits: TestCircuit[] = [];
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "phase1-"));
		pool = await fixedBasePool(1);
		for (const power of ["a * a", "a * a * 2 + 1"]) {
			circuits.push(
				await testCircuit({
					template: "Power",
					source: `template Power() { signal input a; signal output b <== ${power}; }`,
				}),
			);
		}
	});
	after(async () => {
		await pool.close();
		await closeProver();
		await rm(folder, { recursive: true });
	});

	/** Keys of a test circuit in a folder of its own. */
	const keysOf = async (index: number, name: string, phase1: KeyOptions["phase1"]) => {
		const circuit = circuits[index];
		assert.ok(circuit !== undefined);
		const compiled = { ...circuit.files, folder: join(folder, name) };
		await mkdir(compiled.folder, { recursive: true });
		const keys = await circuitKeys(compiled, { phase1, openPool: async () => pool, log: () => undefined });
		return { keys, verificationKey: decodeVerificationKey(await readFile(keys.verificationKeyFile)) };
	};

	it("derives usable elements from the seed, and other ones from another", () => {
		const seed = new Uint8Array(32).fill(7);
		const { tau, alpha, beta } = phase1Of(seed);
		assert.deepEqual(phase1Of(seed), { tau, alpha, beta });
		assert.equal(new Set([tau, alpha, beta, ...Object.values(phase1Of(seed.with(31, 8)))]).size, 6);
		for (const element of [tau, alpha, beta, randomDelta()]) assert.ok(element > 0n && element < FIELD_ORDER);
		assert.notEqual(randomDelta(), randomDelta());
		assert.throws(() => phase1Of(seed.subarray(1)), RangeError);
	});

	it("is made once for all processes, complete, readable by its owner only, and says that it is insecure", async () => {
		const path = join(folder, "new", "seed.json");
		const made = await Promise.all(Array.from({ length: 8 }, () => sharedPhase1(path)));
		for (const other of made) assert.deepEqual(other, made[0]);
		assert.deepEqual(await sharedPhase1(path), made[0]);
		assert.deepEqual(await readdir(dirname(path)), ["seed.json"]);
		assert.equal((await stat(path)).mode & 0o777, 0o600);
		const text = await readFile(path, "utf8");
		assert.match(text, /INSECURE/);
		assert.ok(!text.includes(made[0]?.id ?? ""), "the id does not tell the seed, nor the file the id");
		await rm(path);
		assert.notEqual((await sharedPhase1(path)).id, made[0]?.id);
	});

	it("is refused without a word of its contents when the file is damaged", async () => {
		const path = join(folder, "damaged.json");
		for (const text of ["", "{", '{"seed":"secret-secret"}', JSON.stringify({ warning: "", seed: "ab".repeat(31) })]) {
			await writeFile(path, text);
			const error = await rejectsWithCode(sharedPhase1(path), "CIRCUIT_COMPILE");
			assert.ok(!/secret|abab/.test(`${error.message} ${error.nextStep} ${error.cause}`));
		}
	});

	it("is what the keys of all circuits share; delta is each one's own, gamma the generator", async () => {
		const phase1 = temporaryPhase1();
		const [first, second] = [await keysOf(0, "first", phase1), await keysOf(1, "second", phase1)];
		const shared = ({ vk_alpha_1, vk_beta_2, vk_gamma_2 }: VerificationKey) => [vk_alpha_1, vk_beta_2, vk_gamma_2];
		assert.deepEqual(shared(first.verificationKey), shared(second.verificationKey));
		assert.deepEqual(first.verificationKey.vk_gamma_2, G2_GENERATOR);
		assert.notDeepEqual(first.verificationKey.vk_delta_2, second.verificationKey.vk_delta_2);
	});

	it("gives a circuit new keys when it changes, beside the old ones, and the same ones as long as it does not", async () => {
		const phase1 = temporaryPhase1();
		const [once, again] = [await keysOf(0, "kept", phase1), await keysOf(0, "kept", phase1)];
		assert.deepEqual(again, once);
		const changed = await keysOf(0, "kept", temporaryPhase1());
		assert.notEqual(changed.keys.provingKey, once.keys.provingKey);
		assert.notDeepEqual(changed.verificationKey.vk_alpha_1, once.verificationKey.vk_alpha_1);
		assert.equal((await keysOf(0, "kept", phase1)).keys.vkHash, once.keys.vkHash);
	});
});
