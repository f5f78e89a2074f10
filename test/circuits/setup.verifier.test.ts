import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { network } from "hardhat";
import { encodeErrorResult, getContract, type Hex, parseAbi } from "viem";
import { circuitKeys } from "../../scripts/circuits/keys.ts";
import { fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { type DevelopmentPhase1, temporaryPhase1 } from "../../scripts/circuits/setup/phase1Seed.ts";
import {
	keySumVerifierName,
	keySumVerifierSource,
	updateVerifierName,
	updateVerifierSource,
	type VerifierKey,
} from "../../scripts/circuits/verifierSource.ts";
import { verifierKey } from "../../scripts/circuits/verifiers.ts";
import { type CircuitFiles, closeProver, type ProvenStatement, prove } from "../../worker/adapters/prover.ts";
import { testCircuit } from "../support/circuits/testCircuit.ts";
import { compileVerifiers, deployBytecode } from "../support/contracts/simulatedVerifiers.ts";
import { throwsWithCode } from "../support/rejectsWithCode.ts";

const abi = parseAbi([
	"function verifyUpdate(uint256[8][] trainProofs, uint256[9][] trainSignals, uint256[8] encryptProof, uint256[10] encryptSignals) view returns (bool)",
	"function verifyKeySums(uint256[8][] proofs, uint256[] signals) view returns (bool)",
	"function TRAIN_VK_HASH() view returns (bytes32)",
	"function ENCRYPT_VK_HASH() view returns (bytes32)",
	"function VK_HASH() view returns (bytes32)",
	"function DEVELOPMENT_ONLY() view returns (bool)",
	"error Verifier__DevelopmentKeys(uint256 chainId)",
]);

/** A circuit with as many public signals as its verifier takes: an output and inputs. */
const circuitOf = (inputs: number, power: number) =>
	testCircuit({
		template: "Sum",
		publicSignals: ["a"],
		source: `template Sum() {
			signal input a[${inputs}];
			signal input b;
			signal square <== b * b;
			var sum = 0;
			for (var i = 0; i < ${inputs}; i++) { sum += a[i] * ${power}; }
			signal output c <== square * sum;
		}`,
	});

const inputsOf = (inputs: number, b: bigint) => ({ a: Array.from({ length: inputs }, (_, index) => BigInt(index)), b });

type Made = { readonly key: VerifierKey; readonly prove: (b: bigint) => Promise<ProvenStatement> };

describe("generated verifiers, with proofs made by the development keys", () => {
	let folder: string;
	let make: (name: string, inputs: number, phase1: DevelopmentPhase1) => Promise<Made>;
	let train: Made;
	let encrypt: Made;
	let keySum: Made;
	let bytecode: Readonly<Record<string, Hex>>;
	const phase1 = temporaryPhase1();
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "verifier-"));
		const pool = await fixedBasePool(1);
		make = async (name, inputs, phase1) => {
			const { files } = await circuitOf(inputs, name.length);
			await mkdir(join(folder, name));
			const compiled = { ...files, folder: join(folder, name) };
			const keys = await circuitKeys(compiled, { phase1, openPool: async () => pool, log: () => undefined });
			const key = await verifierKey(keys);
			const circuit: CircuitFiles = { ...keys, name, wasm: files.wasm, verificationKey: key.verificationKey };
			return { key, prove: (b) => prove(circuit, inputsOf(inputs, b)) };
		};
		train = await make("Train", 8, phase1);
		encrypt = await make("Encrypt", 9, phase1);
		keySum = await make("KeySum", 6, phase1);
		await make("Other", 9, temporaryPhase1()).then((other) => {
			// The pairings with alpha, beta and gamma are shared: keys of two setups do not go together.
			throwsWithCode(
				() => updateVerifierSource("Test", { train: train.key, encrypt: other.key }),
				"PROVING_KEY_MISMATCH",
			);
		});
		await pool.close();
		bytecode = compileVerifiers({
			[updateVerifierName("Test")]: updateVerifierSource("Test", { train: train.key, encrypt: encrypt.key }),
			[keySumVerifierName("Test")]: keySumVerifierSource("Test", keySum.key),
		});
	});
	after(async () => {
		await closeProver();
		await rm(folder, { recursive: true });
	});

	const deploy = async (name: string, chainId = 31337) => {
		const connection = await network.create({ override: { chainId } });
		const address = await deployBytecode(connection, bytecode[name] ?? "0x");
		return getContract({ abi, address, client: await connection.viem.getPublicClient() });
	};

	it("accept all proofs of an update, no others, and name their keys", async () => {
		const contract = await deploy(updateVerifierName("Test"));
		const trained = [await train.prove(3n), await train.prove(5n)];
		const encrypted = await encrypt.prove(7n);
		type Update = Parameters<typeof contract.read.verifyUpdate>[0];
		const update = (segments: readonly ProvenStatement[], { proof, publicSignals }: ProvenStatement): Update =>
			[
				segments.map((segment) => segment.proof),
				segments.map((segment) => segment.publicSignals),
				proof,
				publicSignals,
			] as unknown as Update;
		assert.equal(await contract.read.verifyUpdate(update(trained, encrypted)), true);
		assert.equal(await contract.read.verifyUpdate(update(trained.toReversed(), encrypted)), true);
		const [first, second] = trained;
		assert.ok(first !== undefined && second !== undefined);
		const falsified = (statement: ProvenStatement, at: number): ProvenStatement => ({
			...statement,
			publicSignals: statement.publicSignals.with(at, (statement.publicSignals[at] ?? 0n) + 1n),
		});
		for (const [segments, last] of [
			[[falsified(first, 0), second], encrypted],
			[[first, falsified(second, 8)], encrypted],
			[trained, falsified(encrypted, 3)],
			[[first, { ...second, proof: first.proof }], encrypted],
			[[{ ...encrypted, publicSignals: encrypted.publicSignals.slice(0, 9) }, second], encrypted],
			[trained, { ...encrypted, proof: first.proof }],
			[trained, falsified(encrypted, 9)],
		] as const) {
			assert.equal(await contract.read.verifyUpdate(update(segments, last)), false);
		}
		assert.equal(await contract.read.TRAIN_VK_HASH(), train.key.vkHash);
		assert.equal(await contract.read.ENCRYPT_VK_HASH(), encrypt.key.vkHash);
		assert.equal(await contract.read.DEVELOPMENT_ONLY(), true);
	});

	it("accept all proofs of a key sum, no others, and name their key", async () => {
		const contract = await deploy(keySumVerifierName("Test"));
		const proven = [await keySum.prove(2n), await keySum.prove(9n)];
		const proofs = proven.map(({ proof }) => proof);
		const signals = proven.flatMap(({ publicSignals }) => publicSignals);
		const verify = (all: typeof proofs, of: readonly bigint[]) => contract.read.verifyKeySums([all, of]);
		assert.equal(await verify(proofs, signals), true);
		for (let at = 0; at < signals.length; at++) {
			assert.equal(await verify(proofs, signals.with(at, (signals[at] ?? 0n) + 1n)), false, `signal ${at}`);
		}
		assert.equal(await verify(proofs.toReversed(), signals), false);
		assert.equal(await contract.read.VK_HASH(), keySum.key.vkHash);
		assert.equal(await contract.read.DEVELOPMENT_ONLY(), true);
	});

	it("cannot be deployed with development keys where the chain is no development chain", async () => {
		for (const name of [updateVerifierName("Test"), keySumVerifierName("Test")]) {
			await deploy(name, 1337);
			const refusal = encodeErrorResult({ abi, errorName: "Verifier__DevelopmentKeys", args: [11155111n] });
			await assert.rejects(deploy(name, 11155111), (error) => String(error).includes(refusal));
		}
	});

	it("refuse no chain with the keys of a ceremony, and are for development when one of two keys is", async () => {
		const ceremony = (made: Made): VerifierKey => ({ ...made.key, developmentOnly: false });
		const keys = { train: ceremony(train), encrypt: ceremony(encrypt) };
		bytecode = {
			...bytecode,
			...compileVerifiers({
				[updateVerifierName("Ceremony")]: updateVerifierSource("Ceremony", keys),
				[keySumVerifierName("Ceremony")]: keySumVerifierSource("Ceremony", ceremony(keySum)),
				[updateVerifierName("Mixed")]: updateVerifierSource("Mixed", { ...keys, encrypt: encrypt.key }),
			}),
		};
		for (const name of [updateVerifierName("Ceremony"), keySumVerifierName("Ceremony")]) {
			assert.equal(await (await deploy(name, 11155111)).read.DEVELOPMENT_ONLY(), false);
		}
		await assert.rejects(deploy(updateVerifierName("Mixed"), 11155111));
	});

	it("are not generated for circuits with other public signals", () => {
		throwsWithCode(() => updateVerifierSource("Test", { train: keySum.key, encrypt: encrypt.key }), "CIRCUIT_COMPILE");
	});
});
