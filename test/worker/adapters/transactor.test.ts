/** No transaction is sent twice, whatever happens to the process, the node or the chain between signing and the receipt. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keccak256 } from "viem";
import { developmentAccount } from "../../../scripts/demo/localChain.ts";
import { createTransactor, memoryJournal } from "../../../worker/adapters/chain/transactor.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { dying, observed, PATIENT, TIMING, transactorFixture } from "../../support/transactorFixture.ts";
import { COORDINATOR } from "../../support/workerChain.ts";

const { chain, proxy, setAutomine, mineBlock, connect, open, admission, isAdmitted, mined, sends } =
	transactorFixture();

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
	await assert.rejects((await open(dying(journal))).send("admit", call));
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
		proxy().answer = ({ method }) => (method === "eth_sendRawTransaction" ? "dropped" : undefined);
		// viem repeats the request that got no answer: the node then says that it has it already.
		await rejectsWithCode((await open(journal)).send("admit", call), "RPC_UNREACHABLE");
		proxy().answer = () => undefined;
		const before = sends();
		const sending = (await open(journal, COORDINATOR, PATIENT)).send("admit", call);
		if (!isMined) {
			while (sends() === before) await new Promise((resolve) => setTimeout(resolve, 20));
			await mineBlock();
		}
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
	await assert.rejects((await open(dying(journal))).send("admit", first.call));
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
	const snapshot = await chain().takeSnapshot();
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
	await chain().hospitalRegistry.write.removeHospital([hospital]);
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
