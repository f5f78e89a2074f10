/** The Hardhat tasks against a node over HTTP, as a user runs them. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";
import { network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { type Address, getContract } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import hardhatConfig from "../../hardhat.config.ts";
import { connectChain } from "../../worker/adapters/chain/connect.ts";
import { createTransactor, memoryJournal } from "../../worker/adapters/chain/transactor.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { createStudy } from "../../worker/node/coordinator.ts";
import { openJournal } from "../../worker/node/journal.ts";
import { hospitalRegistryAbi } from "../../worker/protocol/generated/abi.ts";
import { architectureOf } from "../../worker/protocol/study.ts";
import { digest } from "../support/contracts/deploy.ts";
import { registerShareKeyArgs, testShareKey } from "../support/contracts/shareKeys.ts";

type TaskRun = {
	readonly success: boolean;
	readonly value?: Record<string, unknown>;
	readonly error?: { readonly code: string };
};

// Its hospitals bring few rows.
const study = { ...(await readStudyFile("studies/wdbc.json")), minSamples: 1, minBatches: 1 };
const { weightCount } = architectureOf(study);
const wdbcRows = (await readFile("data/wdbc.csv", "utf8")).split("\n");
const developmentAccount = mnemonicToAccount("test test test test test test test test test test test junk");

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
		process.env.DECENTRAHEALTH_PASSPHRASE = "a passphrase of this test";
		const config = { ...hardhatConfig, paths: { ...hardhatConfig.paths, ignition: join(folder, "ignition") } };
		hre = await createHardhatRuntimeEnvironment(config, { network: "localhost" }, process.cwd());
		const connection = await hre.network.create();
		addresses = (await connection.viem.getWalletClients()).map(({ account }) => account.address);
		await connection.close();
		close = async () => {
			await server.close();
			delete process.env.LOCALHOST_RPC_URL;
			delete process.env.DECENTRAHEALTH_PASSPHRASE;
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

		// The study's verifiers are doubles, so this test needs no circuits; two of three data sets and the keys are made up.
		const connection = await hre.network.create();
		const wallets = await connection.viem.getWalletClients();
		const verifier = await connection.viem.deployContract(
			"VerifierDouble",
			["train key", "encrypt key", "key sum key"].map(digest) as never,
		);
		const chain = await connectChain({ rpcUrl: process.env.LOCALHOST_RPC_URL ?? "", address: deployed.roundManager });
		const studyId = await createStudy(
			{
				connection: chain,
				store: diskStore(join(folder, "ipfs")),
				journal: openJournal(join(folder, "journal")),
				transactor: createTransactor({ connection: chain, account: developmentAccount, journal: memoryJournal() }),
				progress: () => undefined,
			},
			{
				study,
				verifiers: { updateVerifier: verifier.address, keySumVerifier: verifier.address },
				verificationKeys: [],
			},
		);
		assert.equal(studyId, 1n);
		const client = { public: await connection.viem.getPublicClient() };
		for (const [index, wallet] of wallets.slice(1, 7).entries()) {
			const registry = getContract({
				address: deployed.hospitalRegistry,
				abi: hospitalRegistryAbi,
				client: { ...client, wallet },
			});
			if (index < 2) await registry.write.commitDataset([1n, 5n, 2 * study.batchSize, 2]);
			else if (index > 2) await registry.write.registerShareKey(registerShareKeyArgs(testShareKey(BigInt(index))));
		}
		await writeFile(join(folder, "rows.csv"), wdbcRows.slice(0, 1 + 3 * study.batchSize + 1).join("\n"));
		const committed = await succeed("hospital commit-data", { data: join(folder, "rows.csv"), ...write(3) });
		// The incomplete last batch is left out.
		assert.equal(committed.batchCount, 3);
		assert.equal(committed.sampleCount, 3 * study.batchSize);
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
		assert.equal(studies[0].weightCount, weightCount);
		assert.equal(studies[0].models.length, 1);
		const text = await run("model show");
		assert.match(text.output, /model 1 {2}initial {2}bafk/);
	});

	it("say that a node does not answer", async () => {
		const localhost = { type: "http", url: "http://127.0.0.1:9" } as const;
		const config = { ...hardhatConfig, networks: { localhost } };
		const other = await createHardhatRuntimeEnvironment(config, { network: "localhost" }, process.cwd());
		const out = mock.method(console, "log", () => undefined);
		const result: TaskRun = await other.tasks.getTask(["hospital", "list"]).run({ json: true });
		out.mock.restore();
		assert.equal(result.error?.code, "RPC_UNREACHABLE");
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
