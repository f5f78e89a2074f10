/** The Hardhat tasks against a node over HTTP, as a user runs them. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";
import { network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { type Address, getContract } from "viem";
import hardhatConfig from "../../hardhat.config.ts";
import { modelRegistryAbi } from "../../worker/protocol/generated/abi.ts";
import { digest, INITIAL_MODEL, STUDY } from "../support/contracts/deploy.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

type TaskRun = {
	readonly success: boolean;
	readonly value?: Record<string, unknown>;
	readonly error?: { readonly code: string };
};

describe("tasks", () => {
	let folder: string;
	let hre: HardhatRuntimeEnvironment;
	let close: () => Promise<void>;
	let addresses: readonly Address[];

	/** Runs a task; returns its result and what it printed on standard output. */
	const run = async (id: string, args: Record<string, unknown> = {}) => {
		const printed: string[] = [];
		const out = mock.method(console, "log", (text: string) => printed.push(text));
		const err = mock.method(console, "error", () => undefined);
		try {
			const result: TaskRun = await hre.tasks.getTask(id.split(" ")).run(args);
			return { result, output: printed.join("\n") };
		} finally {
			out.mock.restore();
			err.mock.restore();
		}
	};
	const succeed = async (id: string, args: Record<string, unknown> = {}) => {
		const { result, output } = await run(id, { ...args, json: true });
		assert.equal(result.success, true, output);
		return JSON.parse(output);
	};
	const write = (account: number) => ({
		account,
		folder: join(folder, `account-${account}`),
		ipfs: join(folder, "ipfs"),
	});

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "decentrahealth-tasks-"));
		const server = await network.createServer("default", "127.0.0.1");
		const { address, port } = await server.listen();
		process.env.LOCALHOST_RPC_URL = `http://${address}:${port}`;
		const config = { ...hardhatConfig, paths: { ...hardhatConfig.paths, ignition: join(folder, "ignition") } };
		hre = await createHardhatRuntimeEnvironment(config, { network: "localhost" }, process.cwd());
		const connection = await hre.network.create();
		addresses = (await connection.viem.getWalletClients()).map(({ account }) => account.address);
		await connection.close();
		close = async () => {
			await server.close();
			delete process.env.LOCALHOST_RPC_URL;
			await rm(folder, { recursive: true });
		};
	});
	after(() => close());

	it("say what to do before anything is deployed", async () => {
		const { result, output } = await run("hospital list", { json: true });
		assert.equal(result.success, false);
		assert.equal(JSON.parse(output).error.code, "CONFIG_INVALID");
	});

	it("refuse the network that ends with the command", async () => {
		const other = await createHardhatRuntimeEnvironment(hardhatConfig, {}, process.cwd());
		const out = mock.method(console, "log", () => undefined);
		const result: TaskRun = await other.tasks.getTask(["model", "show"]).run({ json: true });
		out.mock.restore();
		assert.equal(result.error?.code, "CONFIG_INVALID");
	});

	it("deploy, admit, create, open, fail and show", async () => {
		const deployed = await succeed("deploy");
		assert.equal(deployed.chainId, 31337);
		// Deploying again finds the same contracts by Ignition's journal.
		assert.deepEqual(await succeed("deploy"), deployed);

		const hospitals = addresses.slice(1, 4);
		const members = addresses.slice(4, 7);
		for (const hospital of hospitals) await succeed("hospital register", { hospital, ...write(0) });
		for (const member of members) await succeed("committee admit", { member, ...write(0) });

		// A study with verifier doubles, and data sets and keys by hand: the rest of this test needs no circuits.
		const connection = await hre.network.create();
		const client = { public: await connection.viem.getPublicClient() };
		const wallets = await connection.viem.getWalletClients();
		const [owner] = wallets;
		assert.ok(owner !== undefined);
		const verifier = await connection.viem.deployContract("VerifierDouble", [digest("key")] as never);
		const models = getContract({
			address: deployed.modelRegistry,
			abi: modelRegistryAbi,
			client: { ...client, wallet: owner },
		});
		const study = { ...STUDY, trainVerifier: verifier.address, encryptVerifier: verifier.address };
		await models.write.createStudy([study, INITIAL_MODEL.commitment, INITIAL_MODEL.digest]);
		const registry = await connection.viem.getContractAt("IHospitalRegistry", deployed.hospitalRegistry);
		const send = registry.write as unknown as Record<
			string,
			(args: readonly unknown[], options: unknown) => Promise<unknown>
		>;
		for (const [index, { account }] of wallets.slice(1, 7).entries()) {
			if (index < 3) await send.commitDataset?.([1n, 5n, 16, 2], { account });
			else await send.registerShareKey?.([...registerShareKeyArgs(testShareKey(BigInt(index)))], { account });
		}
		await connection.close();

		const list = await succeed("hospital list");
		assert.deepEqual(
			list.hospitals.map(
				({ hospital, status, datasets }: { hospital: Address; status: string; datasets: unknown[] }) => [
					hospital.toLowerCase(),
					status,
					datasets.length,
				],
			),
			hospitals.map((hospital) => [hospital.toLowerCase(), "admitted", 1]),
		);
		assert.equal(list.members.length, 3);

		const opened = await succeed("round open", { committee: members.join(", "), submission: 60, ...write(0) });
		assert.equal(opened.roundId, "1");
		assert.equal((await succeed("round status")).phase, "Open");

		const early = await run("round fail", { round: 1n, ...write(1), json: true });
		assert.equal(early.result.success, false);
		assert.match(early.output, /CONTRACT_REVERTED.*RoundManager__DeadlineNotPassed/);
		const few = await run("round freeze", { round: 1n, ...write(1), json: true });
		assert.match(few.output, /CONTRACT_REVERTED/);
		const none = await run("round freeze", { round: 9n, ...write(1), json: true });
		assert.match(none.output, /CONFIG_INVALID/);

		const time = await hre.network.create();
		await time.networkHelpers.time.increase(61);
		await time.close();
		await succeed("round fail", { round: 1n, ...write(1) });
		const status = await succeed("round status", { round: 1n });
		assert.deepEqual([status.phase, status.failure], ["Failed", "NotEnoughUpdates"]);

		const { studies } = await succeed("model show");
		assert.equal(studies.length, 1);
		assert.equal(studies[0].models[0].digest, INITIAL_MODEL.digest);
		const text = await run("model show");
		assert.match(text.output, /model 1 {2}initial {2}bafk/);
	});

	it("refuse what is no address, another's action, and an account that is not there, without sending anything", async () => {
		const refused = async (id: string, args: Record<string, unknown>, code: RegExp) => {
			const { result, output } = await run(id, { ...args, json: true });
			assert.equal(result.success, false);
			assert.match(output, code);
		};
		await refused("hospital register", { hospital: "0x12", ...write(0) }, /CONFIG_INVALID/);
		await refused("hospital register", { hospital: addresses[9], ...write(3) }, /OwnableUnauthorizedAccount/);
		await refused("hospital register", { hospital: addresses[9], ...write(99) }, /CONFIG_INVALID/);
		await refused("round open", { committee: "somebody", ...write(0) }, /CONFIG_INVALID/);
		await refused("round status", { round: 77n }, /CONFIG_INVALID/);
		await refused("model show", { address: addresses[9] }, /CONTRACT_MISSING/);
	});
});
