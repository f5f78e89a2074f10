import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { network } from "hardhat";
import { type Abi, type Address, encodeErrorResult, getContract, type Hex } from "viem";
import { REPOSITORY } from "../../scripts/circuits/circom.ts";
import { type CircuitKeys, circuitKeys } from "../../scripts/circuits/keys.ts";
import { fixedBasePool } from "../../scripts/circuits/setup/fixedBase.ts";
import { verifierSources } from "../../scripts/circuits/verifiers.ts";
import { closeProver, prove } from "../../worker/adapters/prover.ts";
import { decodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { testCircuit } from "../support/circuits/testCircuit.ts";

const require = createRequire(import.meta.url);

const abi = [
	{
		type: "function",
		name: "verifyProof",
		stateMutability: "view",
		inputs: [
			{ name: "a", type: "uint256[2]" },
			{ name: "b", type: "uint256[2][2]" },
			{ name: "c", type: "uint256[2]" },
			{ name: "signals", type: "uint256[2]" },
		],
		outputs: [{ name: "", type: "bool" }],
	},
	{ type: "function", name: "VK_HASH", stateMutability: "view", inputs: [], outputs: [{ name: "", type: "bytes32" }] },
	{
		type: "function",
		name: "DEVELOPMENT_ONLY",
		stateMutability: "view",
		inputs: [],
		outputs: [{ name: "", type: "bool" }],
	},
	{ type: "error", name: "Verifier__DevelopmentKeys", inputs: [{ name: "chainId", type: "uint256" }] },
] as const satisfies Abi;

/** Bytecode of ProductVerifier, by the same compiler as the contracts'. */
const compileVerifier = async (keys: CircuitKeys): Promise<Hex> => {
	const generated = Object.entries(await verifierSources("Product", keys));
	const library = "contracts/libraries/DevelopmentChain.sol";
	const sources = Object.fromEntries([
		...generated.map(([file, content]) => [`contracts/generated/${file}`, { content }]),
		[library, { content: await readFile(join(REPOSITORY, library), "utf8") }],
	]);
	const settings = { outputSelection: { "*": { ProductVerifier: ["evm.bytecode.object"] } } };
	const { compile } = require("solc") as { compile(input: string): string };
	const output = JSON.parse(compile(JSON.stringify({ language: "Solidity", sources, settings })));
	const failures = (output.errors ?? []).map(({ formattedMessage }: { formattedMessage: string }) => formattedMessage);
	assert.deepEqual(failures, []);
	return `0x${output.contracts["contracts/generated/ProductVerifier.sol"].ProductVerifier.evm.bytecode.object}`;
};

const deploy = async (bytecode: Hex, chainId: number) => {
	const { viem } = await network.connect({ override: { chainId } });
	const [wallet] = await viem.getWalletClients();
	const publicClient = await viem.getPublicClient();
	if (wallet === undefined) throw new Error("the chain has no accounts");
	const hash = await wallet.deployContract({ abi, bytecode });
	const { contractAddress } = await publicClient.waitForTransactionReceipt({ hash });
	return getContract({ abi, address: contractAddress as Address, client: publicClient });
};

describe("generated verifier", () => {
	let folder: string;
	let keys: CircuitKeys;
	let wasm: string;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "verifier-"));
		const { files } = await testCircuit({
			template: "Product",
			publicSignals: ["a"],
			source: "template Product() { signal input a; signal input b; signal output c <== a * b; b * (b - 2) === 15; }",
		});
		wasm = files.wasm;
		const pool = await fixedBasePool(1);
		await mkdir(join(folder, "Product"));
		keys = await circuitKeys(
			{ ...files, folder: join(folder, "Product") },
			{ openPool: async () => pool, log: () => undefined },
		);
		await pool.close();
	});
	after(async () => {
		await closeProver();
		await rm(folder, { recursive: true });
	});

	it("accepts our proofs in our layout, no others, and names its key", async () => {
		const verificationKey = decodeVerificationKey(await readFile(keys.verificationKeyFile));
		const circuit = { ...keys, name: "Product", wasm, verificationKey };
		const { proof, publicSignals } = await prove(circuit, { a: 7n, b: 5n });
		const contract = await deploy(await compileVerifier(keys), 31337);
		const [p0, p1, p2, p3, p4, p5, p6, p7] = proof;
		const [c = 0n, a = 0n] = publicSignals;
		const verify = (signals: readonly [bigint, bigint], last = p7) =>
			contract.read.verifyProof([
				[p0, p1],
				[
					[p2, p3],
					[p4, p5],
				],
				[p6, last],
				signals,
			]);
		assert.equal(await verify([c, a]), true);
		assert.equal(await verify([c, a + 1n]), false);
		assert.equal(await verify([a, c]), false);
		assert.equal(await verify([c, a], p7 + 1n), false);
		assert.equal(await contract.read.VK_HASH(), keys.vkHash);
		assert.equal(await contract.read.DEVELOPMENT_ONLY(), true);
	});

	it("cannot be deployed with development keys where the chain is no development chain", async () => {
		const bytecode = await compileVerifier(keys);
		await deploy(bytecode, 1337);
		const refusal = encodeErrorResult({ abi, errorName: "Verifier__DevelopmentKeys", args: [11155111n] });
		await assert.rejects(deploy(bytecode, 11155111), (error) => String(error).includes(refusal));
	});

	it("refuses no chain with the keys of a ceremony", async () => {
		const bytecode = await compileVerifier({ ...keys, developmentOnly: false });
		const contract = await deploy(bytecode, 11155111);
		assert.equal(await contract.read.DEVELOPMENT_ONLY(), false);
	});
});
