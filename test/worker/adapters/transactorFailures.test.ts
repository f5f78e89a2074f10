/** What the transactor says when a contract refuses, a node fails, or a note is damaged. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import type { LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { memoryJournal, type TransactionJournal } from "../../../worker/adapters/chain/transactor.ts";
import { openJournal } from "../../../worker/node/journal.ts";
import { contractCall } from "../../../worker/node/participant.ts";
import { registerShareKeyArgs, testShareKey } from "../../support/contracts/shareKeys.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { observed, PATIENT, transactorFixture } from "../../support/transactorFixture.ts";
import { COORDINATOR } from "../../support/workerChain.ts";

const { chain, proxy, setAutomine, mineBlock, connect, open, admission, isAdmitted, mined, sends } =
	transactorFixture();

test("a refusal is decoded with its values before anything is signed, those of base contracts too", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	await (await open(memoryJournal())).send("admit", call);
	const twice = await rejectsWithCode((await open(journal)).send("admit", call), "CONTRACT_REVERTED");
	assert.match(twice.message, new RegExp(`HospitalRegistry__AlreadyHospital\\("${hospital}"\\)`, "i"));
	assert.match(twice.nextStep, /Nothing to do/);
	const stranger = developmentAccount(1);
	const owner = await rejectsWithCode((await open(journal, stranger)).send("admit", call), "CONTRACT_REVERTED");
	assert.match(owner.message, new RegExp(`OwnableUnauthorizedAccount\\("${stranger.address}"\\)`));
	assert.match(owner.nextStep, /coordinator's wallet/);
	const round = contractCall(await connect(), "roundManager", "freeze", [7n], "freeze round 7");
	const phase = await rejectsWithCode((await open(journal)).send("freeze", round), "CONTRACT_REVERTED");
	assert.match(phase.message, /freeze round 7: .*RoundManager__WrongPhase\("7", 0\)/);
	assert.equal(written.length, 0);
});

/** Registration of a share key by an admitted member. */
const registration = async (account: LocalAccount) => {
	await chain().hospitalRegistry.write.admitMember([account.address]);
	const args = registerShareKeyArgs(testShareKey(BigInt(account.address)));
	return contractCall(await connect(), "hospitalRegistry", "registerShareKey", args, "register a share key");
};

test("a transaction that reverts because the chain changed after signing says why", async () => {
	const member = developmentAccount(1);
	const call = await registration(member);
	const { journal, written } = observed();
	const overtaken: TransactionJournal = {
		...journal,
		write: async (key, signed) => {
			await journal.write(key, signed);
			await chain().hospitalRegistry.write.removeMember([member.address]);
		},
	};
	const { message, nextStep } = await rejectsWithCode(
		(await open(overtaken, member)).send("key", call),
		"CONTRACT_REVERTED",
	);
	assert.match(message, new RegExp(`HospitalRegistry__NotMember\\("${member.address}"\\)`));
	assert.match(nextStep, /committee member/);
	// It was mined, so asking again is a new attempt.
	await chain().hospitalRegistry.write.admitMember([member.address]);
	assert.equal((await (await open(journal, member)).send("key", call)).status, "success");
	assert.equal(written.length, 2);
});

test("a call that the pending block already refuses is decoded too", async () => {
	const { call } = await admission();
	await setAutomine(false);
	const before = sends();
	const first = (await open(memoryJournal(), COORDINATOR, PATIENT)).send("a", call);
	while (sends() === before) await new Promise((resolve) => setTimeout(resolve, 20));
	const { message } = await rejectsWithCode((await open(memoryJournal())).send("b", call), "CONTRACT_REVERTED");
	assert.match(message, /HospitalRegistry__AlreadyHospital/);
	await mineBlock();
	assert.equal((await first).status, "success");
});

test("a node that is down, and one that refuses, leave nothing half-done and no secrets in the error", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const transactor = await open(journal);
	proxy().answer = () => ({ status: 502 });
	await rejectsWithCode(transactor.send("admit", call), "RPC_UNREACHABLE");
	assert.equal(written.length, 0);
	proxy().answer = ({ method }) =>
		method === "eth_sendRawTransaction" ? { error: { code: -32000, message: "intrinsic gas too low" } } : undefined;
	const error = await rejectsWithCode(transactor.send("admit", call), "RPC_FAILED");
	assert.match(error.message, /intrinsic gas too low/);
	assert.ok(!inspect(error, { depth: 9 }).includes(proxy().url));
	// Refused again as it is, it is signed anew with the nonce that it left: at most one of the two is ever mined.
	await rejectsWithCode(transactor.send("admit", call), "RPC_FAILED");
	proxy().answer = () => undefined;
	const count = await mined();
	assert.equal((await transactor.send("admit", call)).status, "success");
	assert.equal(await mined(), count + 1);
	assert.equal(await isAdmitted(hospital), true);
});

test("a wallet without money is told so", async () => {
	const poor = privateKeyToAccount(generatePrivateKey());
	const { journal, written } = observed();
	const { message, nextStep } = await rejectsWithCode(
		(await open(journal, poor)).send("key", await registration(poor)),
		"RPC_FAILED",
	);
	assert.match(message, /balance|funds/);
	assert.match(nextStep, /balance/);
	assert.equal(await chain().hospitalRegistry.read.isMember([poor.address]), true);
	assert.ok(written.length <= 1);
});

test("a damaged note stops the call: what was signed is not known", async (context: TestContext) => {
	const folder = temporaryFolder(context);
	const journal = openJournal(folder).transactions;
	const { hospital, call } = await admission();
	const { scope } = await connect();
	mkdirSync(folder, { recursive: true });
	const note = join(folder, `transaction-${scope}-${COORDINATOR.address.slice(2, 10).toLowerCase()}-admit.json`);
	writeFileSync(note, '["0x02f8');
	await rejectsWithCode((await open(journal)).send("admit", call), "JOURNAL_CORRUPT");
	assert.equal(await isAdmitted(hospital), false);
	assert.equal(readFileSync(note, "utf8"), '["0x02f8');
	writeFileSync(note, '["0x02f8"]');
	await rejectsWithCode((await open(journal)).send("admit", call), "JOURNAL_CORRUPT");
	assert.equal(await isAdmitted(hospital), false);
});
