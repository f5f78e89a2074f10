import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { network } from "hardhat";
import { type Address, parseAbi, zeroAddress } from "viem";
import { deployContracts } from "../../scripts/deploy/deployContracts.ts";
import { deployAll } from "../support/contracts/deploy.ts";

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

	it("deploys no contract over the size limit", async () => {
		const { publicClient, modelRegistry, hospitalRegistry, roundManager } = await deployAll(connection);
		for (const { address } of [modelRegistry, hospitalRegistry, roundManager]) {
			const code = await publicClient.getCode({ address });
			assert.ok(code !== undefined && (code.length - 2) / 2 <= 24_576);
		}
	});
});
