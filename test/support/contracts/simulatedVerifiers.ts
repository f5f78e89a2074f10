/** The generated verifiers of a study whose keys have a known trapdoor, so that tests have real proofs of anything at once. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { NetworkConnection } from "hardhat/types/network";
import {
	type Address,
	concatHex,
	encodeAbiParameters,
	type Hex,
	numberToHex,
	parseAbi,
	parseAbiParameters,
	toFunctionSelector,
} from "viem";
import {
	keySumVerifierName,
	keySumVerifierSource,
	updateVerifierName,
	updateVerifierSource,
	type VerifierKey,
} from "../../../scripts/circuits/verifierSource.ts";
import { encodeVerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import type { SolidityProof } from "../../../worker/core/ledger/state.ts";
import { contentDigest } from "../../../worker/protocol/contentDigest.ts";
import { ENCRYPT_UPDATE_SIGNALS, TRAIN_SEGMENT_SIGNALS } from "../../../worker/protocol/publicSignals.ts";
import { type SimulatedKey, simulatedPhase1 } from "../simulatedGroth16.ts";

const require = createRequire(import.meta.url);
const ROOT = join(import.meta.dirname, "../../..");

/** Slots of a KeySum proof in these tests, those of the default study. */
export const SLOTS = 4;

const phase1 = simulatedPhase1("contracts");
export const SIMULATED = {
	train: phase1.key("train", TRAIN_SEGMENT_SIGNALS.length),
	encrypt: phase1.key("encrypt", ENCRYPT_UPDATE_SIGNALS.length),
	keySum: phase1.key("key sum", 5 + SLOTS),
} as const satisfies Record<string, SimulatedKey>;

export const verifierKeyOf = ({ verificationKey }: SimulatedKey): VerifierKey => ({
	verificationKey,
	vkHash: contentDigest(encodeVerificationKey(verificationKey)).hex,
	developmentOnly: true,
});

/** snarkjs' own verifier of a key, from its own template. */
const snarkjsSource = (name: string, { verificationKey }: SimulatedKey): string => {
	const snarkjs = require.resolve("snarkjs");
	const ejs: { render(template: string, data: unknown): string } = createRequire(snarkjs)("ejs");
	const template = readFileSync(join(dirname(snarkjs), "../templates/verifier_groth16.sol.ejs"), "utf8");
	return ejs.render(template, verificationKey).replace(/\bcontract Groth16Verifier\b/, `contract ${name}`);
};

export const updateVerifierAbi = parseAbi([
	"function verifyUpdate(uint256[8][] trainProofs, uint256[9][] trainSignals, uint256[8] encryptProof, uint256[10] encryptSignals) view returns (bool)",
]);

/** Call of snarkjs' verifyProof, whose type has the circuit's number of signals; it answers with a boolean. */
export const snarkjsCall = (proof: SolidityProof, signals: readonly bigint[]): Hex => {
	const [a0, a1, b0, b1, b2, b3, c0, c1] = proof;
	const words = `uint256[${signals.length}]`;
	const selector = toFunctionSelector(`verifyProof(uint256[2],uint256[2][2],uint256[2],${words})`);
	const args = encodeAbiParameters(parseAbiParameters("uint256[2], uint256[2][2], uint256[2]"), [
		[a0, a1],
		[
			[b0, b1],
			[b2, b3],
		],
		[c0, c1],
	]);
	// Arrays of a fixed length stand in place, word by word.
	return concatHex([selector, args, ...signals.map((signal) => numberToHex(signal, { size: 32 }))]);
};

export type SimulatedBytecode = Readonly<Record<"update" | "keySum" | "snarkjsTrain" | "snarkjsEncrypt", Hex>>;

const UPDATE = updateVerifierName("Simulated");
const KEY_SUM = keySumVerifierName("Simulated");

/** Bytecode of the sources by contract name, by the same compiler and settings as the contracts'. */
export const compileVerifiers = (sources: Readonly<Record<string, string>>): Readonly<Record<string, Hex>> => {
	const { compile } = require("solc") as {
		compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
	};
	const input = {
		language: "Solidity",
		sources: Object.fromEntries(
			Object.entries(sources).map(([name, content]) => [`contracts/generated/${name}.sol`, { content }]),
		),
		settings: {
			evmVersion: "cancun",
			optimizer: { enabled: true, runs: 200 },
			outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
		},
	};
	const output = JSON.parse(
		compile(JSON.stringify(input), { import: (path) => ({ contents: readFileSync(join(ROOT, path), "utf8") }) }),
	);
	const failures: readonly { severity: string; formattedMessage: string }[] = output.errors ?? [];
	if (failures.length > 0) throw new Error(failures.map(({ formattedMessage }) => formattedMessage).join("\n"));
	return Object.fromEntries(
		Object.keys(sources).map((name) => [
			name,
			`0x${output.contracts[`contracts/generated/${name}.sol`][name].evm.bytecode.object}` as const,
		]),
	);
};

let compiled: SimulatedBytecode | undefined;

/** Compiled once a process, about 3 s. */
export const simulatedBytecode = (): SimulatedBytecode => {
	if (compiled !== undefined) return compiled;
	const codes = compileVerifiers({
		[UPDATE]: updateVerifierSource("Simulated", {
			train: verifierKeyOf(SIMULATED.train),
			encrypt: verifierKeyOf(SIMULATED.encrypt),
		}),
		[KEY_SUM]: keySumVerifierSource("Simulated", verifierKeyOf(SIMULATED.keySum)),
		SnarkjsTrain: snarkjsSource("SnarkjsTrain", SIMULATED.train),
		SnarkjsEncrypt: snarkjsSource("SnarkjsEncrypt", SIMULATED.encrypt),
	});
	const code = (name: string): Hex => codes[name] ?? "0x";
	compiled = {
		update: code(UPDATE),
		keySum: code(KEY_SUM),
		snarkjsTrain: code("SnarkjsTrain"),
		snarkjsEncrypt: code("SnarkjsEncrypt"),
	};
	return compiled;
};

/** Deploys a contract whose constructor takes nothing. */
export const deployBytecode = async ({ viem }: NetworkConnection, bytecode: Hex): Promise<Address> => {
	const [wallet] = await viem.getWalletClients();
	if (wallet === undefined) throw new Error("the chain has no accounts");
	const hash = await wallet.deployContract({ abi: [], bytecode });
	const { contractAddress } = await (await viem.getPublicClient()).waitForTransactionReceipt({ hash });
	if (contractAddress === null || contractAddress === undefined) throw new Error("no contract was created");
	return contractAddress;
};

const hasZeroByte = (word: bigint): boolean => /^(..)*00/.test(word.toString(16).padStart(64, "0"));

/** A proof without a zero byte, so that the gas of its call data is always the same. */
export const proveFullBytes = (key: SimulatedKey, signals: readonly bigint[]): SolidityProof => {
	for (;;) {
		const proof = key.prove(signals);
		if (!proof.some(hasZeroByte)) return proof;
	}
};
