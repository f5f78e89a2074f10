/** The tasks of hospitals and committee members, as they run them on their own machines: a whole round by command line, on verifier doubles. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, mock } from "node:test";
import { network } from "hardhat";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import hardhatConfig from "../../hardhat.config.ts";
import { developmentAccount } from "../../scripts/demo/localChain.ts";
import { type ChainConnection, connectChain } from "../../worker/adapters/chain/connect.ts";
import { createTransactor, memoryJournal } from "../../worker/adapters/chain/transactor.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { createStudy } from "../../worker/node/coordinator.ts";
import { journalPath, keystorePath, openHospitalData, openShareKey, walletName } from "../../worker/node/folders.ts";
import { submissionCall } from "../../worker/node/hospital.ts";
import { openJournal } from "../../worker/node/journal.ts";
import { postKeySum } from "../../worker/node/keySum.ts";
import { type Participant, readLedger, requireStudy, sendCall } from "../../worker/node/participant.ts";
import {
	CIRCUIT_DOUBLES,
	proverDouble,
	VERIFICATION_KEY_DOUBLES,
	VERIFIER_DOUBLE_ARGS,
} from "../support/proverDouble.ts";

type TaskRun = { readonly success: boolean; readonly error?: { readonly code: string; readonly nextStep: string } };

const PASSPHRASE = "a passphrase of this test";
const HOSPITALS = [1, 2, 3] as const;
const MEMBERS = [4, 5, 6] as const;
const STRANGER = 7;
/** A hospital whose bundle is not what it proved. */
const CHEAT = 8;
const NO_KEYS = /^PROVING_KEY_(?:MISSING|MISMATCH)$/;
const addressOf = (account: number) => developmentAccount(account).address;
// Its hospitals bring few rows.
const study = { ...(await readStudyFile("studies/wdbc.json")), minSamples: 1, minBatches: 1 };

describe("hospitals' and members' tasks", () => {
	let folder: string;
	let hre: HardhatRuntimeEnvironment;
	let chain: ChainConnection;
	let close: () => Promise<void>;

	/** Runs a task, as an account if it has one; returns its result and what it printed on standard output. */
	const run = async (id: string, account: number | undefined, args: Record<string, unknown> = {}) => {
		const printed: string[] = [];
		const out = mock.method(console, "log", (text: string) => printed.push(text));
		const err = mock.method(console, "error", () => undefined);
		const own = account === undefined ? {} : { account, folder: folderOf(account), ipfs: join(folder, "ipfs") };
		try {
			const result: TaskRun = await hre.tasks.getTask(id.split(" ")).run({ json: true, ...own, ...args });
			return { result, printed: JSON.parse(printed.join("\n")) };
		} finally {
			out.mock.restore();
			err.mock.restore();
		}
	};
	const succeed = async (id: string, account: number | undefined, args: Record<string, unknown> = {}) => {
		const { result, printed } = await run(id, account, args);
		assert.equal(result.success, true, JSON.stringify(printed));
		return printed;
	};
	const refused = async (code: string, id: string, account: number, args: Record<string, unknown> = {}) => {
		const { result, printed } = await run(id, account, args);
		assert.equal(result.success, false);
		assert.equal(result.error?.code, code, JSON.stringify(printed));
		assert.deepEqual(printed, { error: result.error });
		assert.notEqual(result.error.nextStep, "");
	};
	const folderOf = (account: number): string => join(folder, `account-${account}`);
	const participant = (account: number): Participant => ({
		connection: chain,
		store: diskStore(join(folder, "ipfs")),
		journal: openJournal(journalPath(folderOf(account))),
		transactor: createTransactor({
			connection: chain,
			account: developmentAccount(account),
			journal: memoryJournal(),
		}),
		progress: () => undefined,
	});

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), "decentrahealth-"));
		const server = await network.createServer("default", "127.0.0.1");
		const { address, port } = await server.listen();
		const rpcUrl = `http://${address}:${port}`;
		process.env.LOCALHOST_RPC_URL = rpcUrl;
		process.env.DECENTRAHEALTH_PASSPHRASE = PASSPHRASE;
		const config = { ...hardhatConfig, paths: { ...hardhatConfig.paths, ignition: join(folder, "ignition") } };
		hre = await createHardhatRuntimeEnvironment(config, { network: "localhost" }, process.cwd());
		close = async () => {
			await server.close();
			delete process.env.LOCALHOST_RPC_URL;
			delete process.env.DECENTRAHEALTH_PASSPHRASE;
			await rm(folder, { recursive: true });
		};
		const deploy = mock.method(console, "log", () => undefined);
		const { value }: { value?: { roundManager: string } } = await hre.tasks.getTask("deploy").run({ json: true });
		deploy.mock.restore();
		chain = await connectChain({ rpcUrl, address: value?.roundManager ?? "" });
		const connection = await hre.network.create();
		const { address: double } = await connection.viem.deployContract("VerifierDouble", [
			...VERIFIER_DOUBLE_ARGS,
		] as never);
		const verifiers = { updateVerifier: double, keySumVerifier: double };
		await connection.close();
		const verificationKeys = VERIFICATION_KEY_DOUBLES;
		await createStudy(participant(0), { study, verifiers, verificationKeys });
	});
	after(async () => {
		await closeProver();
		await close();
	});

	it("committee join makes a keystore for an admitted member alone, and registers its key once", async () => {
		await refused("NOT_A_MEMBER", "committee join", STRANGER);
		assert.equal(existsSync(folderOf(STRANGER)), false);
		for (const account of MEMBERS) await succeed("committee admit", 0, { member: addressOf(account) });
		for (const account of MEMBERS) {
			const { member, transactionHash } = await succeed("committee join", account);
			assert.deepEqual([member, typeof transactionHash], [addressOf(account), "string"]);
		}
		const again = await succeed("committee join", MEMBERS[0]);
		assert.equal(again.transactionHash, null);
		const { members } = await succeed("hospital list", undefined);
		assert.equal(members.length, 3);
		assert.deepEqual(members[0].shareKey, again.shareKey);
		const keystore = await readFile(keystorePath(folderOf(MEMBERS[0])), "utf8");
		assert.equal(JSON.parse(keystore).name, walletName(addressOf(MEMBERS[0])));
	});

	it("they need the passphrase of the keystore", async () => {
		delete process.env.DECENTRAHEALTH_PASSPHRASE;
		await refused("KEYSTORE_PASSPHRASE", "committee join", MEMBERS[0]);
		process.env.DECENTRAHEALTH_PASSPHRASE = "another passphrase";
		await refused("KEYSTORE_PASSPHRASE", "committee join", MEMBERS[0]);
		process.env.DECENTRAHEALTH_PASSPHRASE = PASSPHRASE;
	});

	it("hospitals commit their rows; round submit asks for the keys of the study's circuits", async () => {
		const [header = "", ...rows] = (await readFile("data/wdbc.csv", "utf8")).split("\n");
		for (const account of [...HOSPITALS, CHEAT]) {
			await succeed("hospital register", 0, { hospital: addressOf(account) });
			const data = join(folder, `rows-${account}.csv`);
			await writeFile(data, [header, ...rows.slice(40 * account, 40 * account + 8 * account)].join("\n"));
			const { sampleCount } = await succeed("hospital commit-data", account, { data });
			assert.equal(sampleCount, 8 * account);
		}
		const data = join(folder, "rows-1.csv");
		await refused("TASK_REFUSED", "round submit", 1, { data });
		const { durations } = await succeed("round open", 0, {
			committee: MEMBERS.map(addressOf).join(","),
			checking: 900,
		});
		assert.equal(durations.checking, 900);
		// A keystore of its own would have another seed, so another data set.
		await refused("KEYSTORE_MISSING", "round submit", 1, { data, folder: join(folder, "elsewhere") });
		await refused("TASK_REFUSED", "round submit", 1, { data: join(folder, "rows-2.csv") });
		await refused("STUDY_MISSING", "round submit", 1, { data, study: 9n });
		const { result } = await run("round submit", 1, { data });
		// The doubles' keys are nobody's: whether the study's circuits were made or not, nothing is proven.
		assert.match(result.error?.code ?? "", NO_KEYS);
		assert.equal((await succeed("round status", undefined)).updates.length, 0);
	});

	/** The update of a hospital's folder, proven by the double. */
	const prove = async (account: number) => {
		const { ledger } = await readLedger(chain);
		const round = ledger.rounds.get(1n) ?? assert.fail();
		const name = walletName(addressOf(account));
		const location = { folder: folderOf(account), passphrase: PASSPHRASE, name, create: false };
		const data = await openHospitalData({ ...location, data: join(folder, `rows-${account}.csv`), study });
		const { prove: proveIt } = proverDouble();
		const hospital = { ...participant(account), ...data, circuits: CIRCUIT_DOUBLES, prove: proveIt };
		return { hospital, ...(await submissionCall(hospital, ledger, round, study)) };
	};

	it("anyone watches the bundles of a round and challenges one that is not the proven one", async () => {
		await refused("TASK_REFUSED", "committee confirm", MEMBERS[0]);
		for (const account of HOSPITALS) {
			const { hospital, key, call } = await prove(account);
			await sendCall(hospital, key, call);
		}
		const { hospital, key, call } = await prove(CHEAT);
		const other = await hospital.store.put(new TextEncoder().encode("no bundle"));
		const [roundId, , ...proofs] = call.args;
		await sendCall(hospital, key, { ...call, args: [roundId, other, ...proofs] });

		const watched = await run("round watch", undefined, { ipfs: join(folder, "ipfs") });
		assert.equal(watched.result.error?.code, "BUNDLE_MALFORMED");
		const findings = watched.printed.updates.map(({ finding }: { finding: string }) => finding);
		assert.deepEqual(findings, ["consistent", "consistent", "consistent", "inconsistent"]);
		const confirmed = await succeed("committee confirm", MEMBERS[0]);
		assert.deepEqual(confirmed.confirmed, HOSPITALS.map(addressOf));
		assert.deepEqual(
			confirmed.missing.map(({ hospital: whose, code }: { hospital: string; code: string }) => [whose, code]),
			[[addressOf(CHEAT), "BUNDLE_MALFORMED"]],
		);
		const round = { round: 1n };
		await refused("TASK_REFUSED", "round challenge", 0, { ...round, hospital: addressOf(HOSPITALS[0]) });
		await refused("TASK_REFUSED", "round challenge", 0, { ...round, hospital: addressOf(MEMBERS[0]) });
		await succeed("round challenge", MEMBERS[1], { ...round, hospital: addressOf(CHEAT) });
		const status = await succeed("round status", undefined);
		assert.deepEqual([status.removed, status.updates.length], [[addressOf(CHEAT)], 3]);
		const after = await succeed("round watch", undefined, { ipfs: `${join(folder, "ipfs")},${join(folder, "ipfs")}` });
		assert.equal(after.updates.length, 3);
		await refused("IPFS_UNREACHABLE", "committee confirm", MEMBERS[1], {
			ipfs: `${join(folder, "ipfs")},${join(folder, "nowhere")}`,
		});
	});

	it("members confirm, open and attest a round whose updates came from the hospitals' folders", async () => {
		await refused("TASK_REFUSED", "committee open", MEMBERS[0]);
		await refused("NOT_A_MEMBER", "committee confirm", HOSPITALS[0]);
		// A member with a store of its own fetches the bundles from the others'.
		const own = join(folder, "ipfs-of-member");
		const { confirmed } = await succeed("committee confirm", MEMBERS[1], { ipfs: `${own},${join(folder, "ipfs")}` });
		assert.deepEqual(confirmed, HOSPITALS.map(addressOf));
		const { printed: kept } = await run("round watch", undefined, { ipfs: own });
		assert.deepEqual(
			kept.updates.map(({ finding, confirmedBy }: { finding: string; confirmedBy: string[] }) => [
				finding,
				confirmedBy.length,
			]),
			[1, 2, 3].map(() => ["consistent", 2]),
		);
		await refused("TASK_REFUSED", "committee confirm", MEMBERS[1]);
		await succeed("round freeze", 0, { round: 1n });
		await refused("TASK_REFUSED", "committee attest", MEMBERS[0]);
		await refused("CONFIG_INVALID", "committee open", MEMBERS[0], { round: 2n });
		await refused("CONFIG_INVALID", "committee open", MEMBERS[0], { confirmations: "many" });
		await refused("TASK_REFUSED", "committee open", MEMBERS[0], { confirmations: "1" });
		await refused("NOT_A_MEMBER", "committee open", HOSPITALS[0]);
		const { result } = await run("committee open", MEMBERS[0]);
		assert.match(result.error?.code ?? "", NO_KEYS);

		const { ledger } = await readLedger(chain);
		const round = ledger.rounds.get(1n) ?? assert.fail();
		for (const account of [MEMBERS[0], MEMBERS[2]]) {
			const name = walletName(addressOf(account));
			const shareKey = await openShareKey({ folder: folderOf(account), passphrase: PASSPHRASE, name, create: false });
			const { prove: proveIt } = proverDouble();
			const keys = { shareKey, circuits: CIRCUIT_DOUBLES, prove: proveIt };
			const member = { ...participant(account), ...keys, confirmations: 0, checkedBundles: new Set<string>() };
			await postKeySum(member, round, requireStudy(ledger, 1n));
		}
		for (const account of [MEMBERS[0], MEMBERS[2]]) await succeed("committee attest", account);

		const status = await succeed("round status", undefined);
		assert.equal(status.phase, "Finalized");
		assert.deepEqual(
			[status.keySums, status.attestations].map((list) => list.map(({ member }: { member: string }) => member)),
			[
				[addressOf(MEMBERS[0]), addressOf(MEMBERS[2])],
				[addressOf(MEMBERS[0]), addressOf(MEMBERS[2])],
			],
		);
		const { studies } = await succeed("model show", undefined);
		assert.equal(studies[0].models.length, 2);
	});

	it("audit prints its report and names the one proof that only a verifier double accepts", async () => {
		const { result, printed } = await run("audit", undefined, { ipfs: join(folder, "ipfs") });
		assert.deepEqual([result.success, result.error?.code], [false, "AUDIT_MISMATCH"]);
		// The cheat proved another bundle than the one it named.
		const { id, code, place } = printed.firstFailure;
		assert.deepEqual([id, code, place.hospital], ["round.update.encryption.proof", "PROOF_INVALID", addressOf(CHEAT)]);
		assert.equal(printed.counts.failed, 1);
		assert.ok(printed.counts.ok > 50);
	});

	it("the coordinator lifts a bar, and removes hospitals and members", async () => {
		await refused("CONTRACT_REVERTED", "hospital register", 0, { hospital: addressOf(CHEAT) });
		await refused("CONTRACT_REVERTED", "hospital readmit", 0, { hospital: addressOf(HOSPITALS[0]) });
		await succeed("hospital readmit", 0, { hospital: addressOf(CHEAT) });
		await succeed("hospital remove", 0, { hospital: addressOf(HOSPITALS[0]) });
		await refused("CONTRACT_REVERTED", "hospital remove", 0, { hospital: addressOf(HOSPITALS[0]) });
		await succeed("committee remove", 0, { member: addressOf(MEMBERS[0]) });
		await refused("CONFIG_INVALID", "committee remove", 0, { member: "nobody" });
		const { hospitals, members } = await succeed("hospital list", undefined);
		const admitted = hospitals.map(({ hospital }: { hospital: string }) => hospital);
		assert.deepEqual(admitted.sort(), [HOSPITALS[1], HOSPITALS[2], CHEAT].map(addressOf).sort());
		assert.equal(members.length, 2);
	});
});
