import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, parseAbi, zeroAddress } from "viem";
import { keySumVerifierSource, updateVerifierSource } from "../../scripts/circuits/verifierSource.ts";
import { requireVerifiersOf } from "../../scripts/deploy/checkVerifiers.ts";
import { deployContracts } from "../../scripts/deploy/deployContracts.ts";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { deployAll, digest } from "../support/contracts/deploy.ts";
import {
	deployBytecode,
	SIMULATED,
	simulatedBytecode,
	verifierKeyOf,
} from "../support/contracts/simulatedVerifiers.ts";
import { type SimulatedKey, simulatedPhase1 } from "../support/simulatedGroth16.ts";

describe("deployment", async () => {
	const connection = await network.create();
	const { viem } = connection;

	it("links the three contracts by Ignition, owned by the deployer", async () => {
		const { modelRegistry, hospitalRegistry, roundManager } = await deployContracts(connection);
		const client = await viem.getPublicClient();
		const [owner] = await viem.getWalletClients();
		const abi = parseAbi([
			"function MODEL_REGISTRY() view returns (address)",
			"function HOSPITAL_REGISTRY() view returns (address)",
			"function roundManager() view returns (address)",
			"function owner() view returns (address)",
		]);
		const read = (address: Address, functionName: "MODEL_REGISTRY" | "HOSPITAL_REGISTRY" | "roundManager" | "owner") =>
			client.readContract({ address, abi, functionName });
		const same = (actual: string, expected: string | undefined) =>
			assert.equal(actual.toLowerCase(), expected?.toLowerCase());
		same(await read(roundManager, "MODEL_REGISTRY"), modelRegistry);
		same(await read(roundManager, "HOSPITAL_REGISTRY"), hospitalRegistry);
		same(await read(hospitalRegistry, "MODEL_REGISTRY"), modelRegistry);
		for (const contract of [modelRegistry, hospitalRegistry]) same(await read(contract, "roundManager"), roundManager);
		for (const contract of [modelRegistry, hospitalRegistry, roundManager]) {
			same(await read(contract, "owner"), owner?.account.address);
		}
	});

	it("builds no hospital registry without a model registry", async () => {
		const { owner, hospitalRegistry } = await deployAll(connection);
		await viem.assertions.revertWithCustomErrorWithArgs(
			viem.deployContract("HospitalRegistry", [owner.account.address, zeroAddress] as never) as never,
			hospitalRegistry,
			"HospitalRegistry__ZeroAddress",
			[],
		);
	});

	it("recognizes verifiers of other keys than the circuits'", async () => {
		const { publicClient, updateVerifier, keySumVerifier, roundManager } = await deployAll(connection);
		const verifiers = { updateVerifier: updateVerifier.address, keySumVerifier: keySumVerifier.address };
		const circuits = {
			train: { name: "TrainSegment", vkHash: await updateVerifier.read.TRAIN_VK_HASH() },
			encrypt: { name: "EncryptUpdate", vkHash: await updateVerifier.read.ENCRYPT_VK_HASH() },
			keySum: { name: "KeySum", vkHash: await keySumVerifier.read.VK_HASH() },
		};
		await requireVerifiersOf(publicClient, verifiers, circuits);
		for (const circuit of ["train", "encrypt", "keySum"] as const) {
			const others = { ...circuits, [circuit]: { ...circuits[circuit], vkHash: digest("another key") } };
			await assert.rejects(requireVerifiersOf(publicClient, verifiers, others), { code: "PROVING_KEY_MISMATCH" });
		}
		for (const verifier of ["updateVerifier", "keySumVerifier"] as const) {
			const others = { ...verifiers, [verifier]: roundManager.address };
			await assert.rejects(requireVerifiersOf(publicClient, others, circuits), isDecentraHealthError);
		}
	});

	it("generates no verifier for keys of two ceremonies, or for circuits with other public signals", () => {
		const { train, encrypt, keySum } = SIMULATED;
		const updateOf = (first: SimulatedKey, second: SimulatedKey) =>
			updateVerifierSource("Wdbc", { train: verifierKeyOf(first), encrypt: verifierKeyOf(second) });
		assert.match(updateOf(train, encrypt), /contract UpdateWdbcVerifier is UpdateVerifier/);
		assert.throws(() => updateOf(train, simulatedPhase1("another ceremony").key("encrypt", 10)), {
			code: "PROVING_KEY_MISMATCH",
		});
		const eleven = simulatedPhase1("contracts").key("eleven", 11);
		for (const [first, second] of [
			[eleven, encrypt],
			[train, eleven],
		] as const) {
			assert.throws(() => updateOf(first, second), { code: "CIRCUIT_COMPILE" });
		}
		assert.match(keySumVerifierSource("Wdbc", verifierKeyOf(keySum)), /contract KeySumWdbcVerifier is KeySumVerifier/);
		for (const signals of [5, 22]) {
			const key = simulatedPhase1("contracts").key(`${signals}`, signals);
			assert.throws(() => keySumVerifierSource("Wdbc", verifierKeyOf(key)), { code: "CIRCUIT_COMPILE" });
		}
	});

	it("deploys no contract over the size limit", async () => {
		const { publicClient, modelRegistry, hospitalRegistry, roundManager } = await deployAll(connection);
		const { update, keySum } = simulatedBytecode();
		const verifiers = [await deployBytecode(connection, update), await deployBytecode(connection, keySum)];
		for (const address of [modelRegistry.address, hospitalRegistry.address, roundManager.address, ...verifiers]) {
			const code = await publicClient.getCode({ address });
			assert.ok(code !== undefined && (code.length - 2) / 2 <= 24_576);
		}
	});
});
