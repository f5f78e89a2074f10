/** A hospital's worker is killed in the middle of its proofs, without a chance to clean up, and started again: nothing is proven or sent twice. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ROOT } from "../../scripts/checks/steps.ts";
import { developmentAccount } from "../../scripts/demo/localChain.ts";
import { createTransactor } from "../../worker/adapters/chain/transactor.ts";
import { diskStore } from "../../worker/adapters/ipfs/diskStore.ts";
import { PASSPHRASE_VARIABLE } from "../../worker/adapters/passphrase.ts";
import { openRound } from "../../worker/node/coordinator.ts";
import { journalPath } from "../../worker/node/folders.ts";
import { openJournal } from "../../worker/node/journal.ts";
import { readLedger } from "../../worker/node/participant.ts";
import { type AttachedRun, attach } from "../support/e2e/attach.ts";
import { type DemoRun, demoRun, outputOf } from "../support/e2e/demoRun.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

const HOSPITAL_ACCOUNT = 1;
const DURATIONS = { submission: 3600, checking: 3600, attestation: 3600 };
/** Milliseconds into the second proof, which takes seconds. */
const INTO_PROOF = 1_000;
const TIMEOUT = 5 * 60_000;

const notesSchema = z.object({
	segments: z.array(z.object({ proof: z.array(z.string()), commitmentOut: z.string() })),
	encryption: z.unknown().optional(),
});

/** Opens one more round of the run's own consortium, on its chain, and takes it back when the test ends: other tests read the same run. */
const openAnotherRound = async (context: TestContext, { connection, record, rounds, blocks }: AttachedRun) => {
	const { client } = connection;
	const request = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
		client.request({ method, params } as never);
	const snapshot = await request("evm_snapshot");
	context.after(() => request("evm_revert", [snapshot]));
	const journal = openJournal(temporaryFolder(context));
	const transactor = createTransactor({ connection, account: developmentAccount(0), journal: journal.transactions });
	const coordinator = { connection, transactor, journal, store: diskStore(blocks), progress: () => undefined };
	const committee = rounds[0]?.opening.committee ?? [];
	return openRound(coordinator, { studyId: record.studyId, committee, durations: DURATIONS });
};

/** The hospital's own command on a copy of its folder. */
const startSubmit = ({ address, rpcUrl, passphrase }: DemoRun, folder: string): ChildProcess => {
	const hospital = join(folder, "hospital-1");
	const args = [
		...["--network", "localhost", "round", "submit", join(hospital, "data.csv"), "--json"],
		...["--account", String(HOSPITAL_ACCOUNT), "--address", address],
		...["--folder", hospital, "--ipfs", join(folder, "ipfs")],
	];
	return spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", ...args], {
		cwd: ROOT,
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, LOCALHOST_RPC_URL: rpcUrl, [PASSPHRASE_VARIABLE]: passphrase },
	});
};

const submit = async (demo: DemoRun, folder: string) => {
	const child = startSubmit(demo, folder);
	const output = outputOf(child);
	const [code] = await once(child, "close");
	return { code: Number(code), output: output() };
};

/** The note of the round's proofs, when there is one. */
const readNotes = async (folder: string, roundId: bigint) => {
	const journal = journalPath(join(folder, "hospital-1"));
	const name = (await readdir(journal)).find((file) => file.startsWith("update-") && file.includes(`-${roundId}-0x`));
	return name === undefined ? undefined : notesSchema.parse(JSON.parse(await readFile(join(journal, name), "utf8")));
};

test("killed in its second proof, a hospital goes on with what was finished and sends one transaction", async (context) => {
	const demo = await demoRun();
	const run = await attach(demo);
	const roundId = await openAnotherRound(context, run);
	const folder = temporaryFolder(context);
	await cp(demo.folder, folder, { recursive: true });
	const { address } = developmentAccount(HOSPITAL_ACCOUNT);
	const sent = () => run.connection.client.getTransactionCount({ address });
	const before = await sent();

	const first = startSubmit(demo, folder);
	const output = outputOf(first);
	const startedAt = Date.now();
	while ((await readNotes(folder, roundId)) === undefined) {
		assert.equal(first.exitCode, null, output());
		assert.ok(Date.now() - startedAt < TIMEOUT, output());
		await sleep(100);
	}
	await sleep(INTO_PROOF);
	first.kill("SIGKILL");
	const [, signal] = await once(first, "close");
	assert.equal(signal, "SIGKILL", output());
	const kept = await readNotes(folder, roundId);
	const finished = kept?.segments.length ?? 0;
	assert.ok(finished >= 1 && kept?.encryption === undefined, "it was in the middle");
	assert.equal(await sent(), before);

	const second = await submit(demo, folder);
	assert.equal(second.code, 0, second.output);
	const proven = [...second.output.matchAll(/prove training segment (\d+) of (\d+)/g)].map(([, segment]) =>
		Number(segment),
	);
	assert.equal(Math.min(...proven), finished + 1, "no proof is made again");
	assert.equal(await sent(), before + 1);
	const { ledger } = await readLedger(run.connection);
	const update = ledger.rounds.get(roundId)?.updates.find(({ hospital }) => hospital === address);
	const accepted = update?.segments.map(({ proof }) => proof.map(String)) ?? [];
	assert.equal(accepted.length, finished + proven.length);
	assert.deepEqual(
		accepted.slice(0, finished),
		kept?.segments.map(({ proof }) => proof),
	);

	const third = await submit(demo, folder);
	assert.equal(third.code, 1, third.output);
	assert.match(third.output, /TASK_REFUSED/);
	assert.equal(await sent(), before + 1);
});
