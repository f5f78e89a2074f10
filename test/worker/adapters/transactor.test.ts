import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { type Address, type Hex, keccak256, type LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { createTransactor, memoryJournal, type TransactionJournal } from "../../../worker/adapters/chain/transactor.ts";
import { openJournal } from "../../../worker/node/journal.ts";
import { contractCall } from "../../../worker/node/participant.ts";
import { registerShareKeyArgs, testShareKey } from "../../support/contracts/shareKeys.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { type RpcProxy, startRpcProxy } from "../../support/rpcProxy.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { COORDINATOR, startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";

const TIMING = { timeout: 1_000, grace: 150 } as const;
const addressOf = (index: number): Address => `0x${String(index).padStart(40, "0")}`;
let next = 1;

let chain: WorkerChain;
let proxy: RpcProxy;
before(async () => {
	chain = await startWorkerChain();
	proxy = await startRpcProxy(chain.rpcUrl);
});
after(async () => {
	await proxy.close();
	await chain.stop();
});
beforeEach(async () => {
	proxy.answer = () => undefined;
	await setAutomine(true);
});

const setAutomine = (on: boolean) => chain.provider.request({ method: "evm_setAutomine", params: [on] });
const mineBlock = () => chain.provider.request({ method: "evm_mine" });
const connect = () => connectChain({ rpcUrl: proxy.url, address: chain.roundManager.address });

/** A transactor as a new process makes it. */
const open = async (journal: TransactionJournal, account = COORDINATOR) =>
	createTransactor({ connection: await connect(), account, journal, timing: TIMING });

/** Admission of a hospital that is not admitted yet. */
const admission = async (hospital = addressOf(next++)) => ({
	hospital,
	call: contractCall(await connect(), "hospitalRegistry", "admitHospital", [hospital], `admit ${hospital}`),
});
const isAdmitted = (hospital: Address) => chain.hospitalRegistry.read.isHospital([hospital]);
const mined = async (): Promise<number> => {
	const { client } = await connect();
	return client.getTransactionCount({ address: COORDINATOR.address });
};
const sends = (): number => proxy.requests.filter(({ method }) => method === "eth_sendRawTransaction").length;

/** Remembers the notes, and can drop one as if it had never been sent. */
const observed = () => {
	const inner = memoryJournal();
	const written: { key: string; signed: Hex }[] = [];
	const journal: TransactionJournal = {
		read: inner.read,
		write: async (key, signed) => {
			written.push({ key, signed });
			await inner.write(key, signed);
		},
	};
	return { journal, written };
};

test("a call is sent once, whoever asks again", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const receipt = await (await open(journal)).send("admit", call);
	assert.equal(receipt.status, "success");
	assert.equal(await isAdmitted(hospital), true);
	const before = sends();
	assert.equal((await (await open(journal)).send("admit", call)).transactionHash, receipt.transactionHash);
	assert.equal(sends(), before);
	assert.equal(written.length, 1);
	assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
});

test("a process that dies after signing leaves a transaction that the next one sends as it is", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const dying: TransactionJournal = {
		...journal,
		write: async (key, signed) => {
			await journal.write(key, signed);
			throw new Error("killed");
		},
	};
	await assert.rejects((await open(dying)).send("admit", call));
	assert.equal(await isAdmitted(hospital), false);
	const receipt = await (await open(journal)).send("admit", call);
	assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(written.length, 1);
	assert.equal(await isAdmitted(hospital), true);
});

test("a process that dies after sending leaves a transaction that the next one finds, mined or not", async () => {
	for (const isMined of [true, false]) {
		const { journal, written } = observed();
		const { hospital, call } = await admission();
		const count = await mined();
		await setAutomine(isMined);
		proxy.answer = ({ method }) => (method === "eth_sendRawTransaction" ? "dropped" : undefined);
		// viem repeats the request that got no answer: the node then says that it has it already.
		await rejectsWithCode((await open(journal)).send("admit", call), "RPC_UNREACHABLE");
		proxy.answer = () => undefined;
		const sending = (await open(journal)).send("admit", call);
		if (!isMined) setTimeout(() => void mineBlock(), 200);
		const receipt = await sending;
		assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
		assert.equal(written.length, 1);
		assert.equal(await isAdmitted(hospital), true);
		assert.equal(await mined(), count + 1);
	}
});

test("a transaction that is not mined in time is waited for again, and no second one is sent", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	const count = await mined();
	await setAutomine(false);
	await rejectsWithCode((await open(journal)).send("admit", call), "TRANSACTION_UNCONFIRMED");
	await rejectsWithCode((await open(journal)).send("admit", call), "TRANSACTION_UNCONFIRMED");
	await mineBlock();
	assert.equal((await (await open(journal)).send("admit", call)).status, "success");
	assert.equal(written.length, 1);
	assert.equal(await mined(), count + 1);
});

test("when another transaction took the nonce, the call is signed anew", async () => {
	const { journal, written } = observed();
	const [first, other] = [await admission(), await admission()];
	const dying: TransactionJournal = {
		...journal,
		write: async (key, signed) => {
			await journal.write(key, signed);
			throw new Error("killed");
		},
	};
	await assert.rejects((await open(dying)).send("admit", first.call));
	await (await open(memoryJournal())).send("other", other.call);
	const receipt = await (await open(journal)).send("admit", first.call);
	assert.equal(written.length, 2);
	assert.equal(keccak256(written[1]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(await isAdmitted(first.hospital), true);
});

test("two processes of one wallet that sign at once both get through", async () => {
	const [one, two] = [await admission(), await admission()];
	const transactors = [await open(memoryJournal()), await open(memoryJournal())] as const;
	const count = await mined();
	await Promise.all([transactors[0].send("one", one.call), transactors[1].send("two", two.call)]);
	assert.deepEqual(await Promise.all([one, two].map(({ hospital }) => isAdmitted(hospital))), [true, true]);
	assert.equal(await mined(), count + 2);
});

test("calls of one process wait for one another, and a failed one holds up nobody", async () => {
	const transactor = await open(memoryJournal());
	const admissions = [await admission(), await admission(), await admission()];
	const [first] = admissions;
	const outcomes = await Promise.allSettled([
		...admissions.map(({ call }, index) => transactor.send(`admit-${index}`, call)),
		transactor.send("again", first?.call ?? assert.fail()),
		transactor.send("last", (await admission()).call),
	]);
	assert.deepEqual(
		outcomes.map(({ status }) => status),
		["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled"],
	);
});

test("a reorganization that drops the transaction gets it sent again", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const snapshot = await chain.takeSnapshot();
	await (await open(journal)).send("admit", call);
	await snapshot.restore();
	assert.equal(await isAdmitted(hospital), false);
	await (await open(journal)).send("admit", call);
	assert.equal(await isAdmitted(hospital), true);
	assert.equal(written.length, 1);
});

test("an earlier transaction of other contents does not stand for the call", async () => {
	const { journal, written } = observed();
	const transactor = await open(journal);
	const [one, two] = [await admission(), await admission()];
	await transactor.send("admit", one.call);
	await transactor.send("admit", two.call);
	assert.equal(await isAdmitted(two.hospital), true);
	assert.equal(written.length, 2);
});

test("a decision that knew of the earlier transaction is a new one; one from before it is not", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const transactor = await open(journal);
	const { blockNumber, transactionHash } = await transactor.send("admit", call);
	const decidedBefore = await transactor.send("admit", call, { decidedAt: blockNumber - 1n });
	assert.equal(decidedBefore.transactionHash, transactionHash);
	await chain.hospitalRegistry.write.removeHospital([hospital]);
	const again = await transactor.send("admit", call, { decidedAt: blockNumber + 1n });
	assert.notEqual(again.transactionHash, transactionHash);
	assert.equal(await isAdmitted(hospital), true);
	assert.equal(written.length, 2);
});

test("notes about another chain, deployment or wallet are not looked at", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	const connection = await connect();
	const transactor = createTransactor({ connection, account: COORDINATOR, journal, timing: TIMING });
	await transactor.send("admit", call);
	const restarted = { ...connection, scope: "0123456789abcdef" };
	const other = createTransactor({ connection: restarted, account: COORDINATOR, journal, timing: TIMING });
	await rejectsWithCode(other.send("admit", call), "CONTRACT_REVERTED");
	const stranger = createTransactor({ connection, account: developmentAccount(1), journal, timing: TIMING });
	await rejectsWithCode(stranger.send("admit", call), "CONTRACT_REVERTED");
	assert.equal(written.length, 1);
});

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
	await chain.hospitalRegistry.write.admitMember([account.address]);
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
			await chain.hospitalRegistry.write.removeMember([member.address]);
		},
	};
	const { message, nextStep } = await rejectsWithCode(
		(await open(overtaken, member)).send("key", call),
		"CONTRACT_REVERTED",
	);
	assert.match(message, new RegExp(`HospitalRegistry__NotMember\\("${member.address}"\\)`));
	assert.match(nextStep, /committee member/);
	// It was mined, so asking again is a new attempt.
	await chain.hospitalRegistry.write.admitMember([member.address]);
	assert.equal((await (await open(journal, member)).send("key", call)).status, "success");
	assert.equal(written.length, 2);
});

test("a call that the pending block already refuses is decoded too", async () => {
	const { call } = await admission();
	await setAutomine(false);
	const first = (await open(memoryJournal())).send("a", call);
	await new Promise((resolve) => setTimeout(resolve, 300));
	const { message } = await rejectsWithCode((await open(memoryJournal())).send("b", call), "CONTRACT_REVERTED");
	assert.match(message, /HospitalRegistry__AlreadyHospital/);
	await mineBlock();
	assert.equal((await first).status, "success");
});

test("a node that is down, and one that refuses, leave nothing half-done and no secrets in the error", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const transactor = await open(journal);
	proxy.answer = () => ({ status: 502 });
	await rejectsWithCode(transactor.send("admit", call), "RPC_UNREACHABLE");
	assert.equal(written.length, 0);
	proxy.answer = ({ method }) =>
		method === "eth_sendRawTransaction" ? { error: { code: -32000, message: "intrinsic gas too low" } } : undefined;
	const error = await rejectsWithCode(transactor.send("admit", call), "RPC_FAILED");
	assert.match(error.message, /intrinsic gas too low/);
	assert.ok(!inspect(error, { depth: 9 }).includes(proxy.url));
	// Refused again as it is, it is signed anew with the nonce that it left: at most one of the two is ever mined.
	await rejectsWithCode(transactor.send("admit", call), "RPC_FAILED");
	proxy.answer = () => undefined;
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
	assert.equal(await chain.hospitalRegistry.read.isMember([poor.address]), true);
	assert.ok(written.length <= 1);
});

test("a damaged note stops the call: what was signed is not known", async (context: TestContext) => {
	const folder = temporaryFolder(context);
	const journal = openJournal(folder).transactions;
	const { hospital, call } = await admission();
	const { scope } = await connect();
	mkdirSync(folder, { recursive: true });
	const note = join(folder, `transaction-${scope}-${COORDINATOR.address.slice(2, 10).toLowerCase()}-admit.json`);
	writeFileSync(note, '"0x02f8');
	await rejectsWithCode((await open(journal)).send("admit", call), "JOURNAL_CORRUPT");
	assert.equal(await isAdmitted(hospital), false);
	assert.equal(readFileSync(note, "utf8"), '"0x02f8');
	writeFileSync(note, '"0x02f8"');
	await rejectsWithCode((await open(journal)).send("admit", call), "JOURNAL_CORRUPT");
	assert.equal(await isAdmitted(hospital), false);
});
