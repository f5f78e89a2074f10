/** Stuck and dropped transactions: the same call with higher fees and the same nonce, or the very same bytes, and never a second nonce. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, keccak256, parseTransaction, type TransactionReceipt } from "viem";
import { DEFAULT_FEE_CAPS } from "../../../worker/adapters/chain/feeCaps.ts";
import { memoryJournal } from "../../../worker/adapters/chain/transactor.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { dying, observed, PATIENT, TIMING, transactorFixture } from "../../support/transactorFixture.ts";
import { COORDINATOR } from "../../support/workerChain.ts";

const { chain, proxy, setAutomine, mineBlock, connect, open, admission, isAdmitted, mined, sends } =
	transactorFixture();

/** Raises fees after a tenth of a second. */
const EAGER = { ...PATIENT, replaceAfter: 100 };
/** Gives up soon; how often it has raised fees by then is a matter of speed. */
const HASTY = { ...TIMING, timeout: 800, replaceAfter: 10 };

const provider = () => chain().provider;

const feesOf = (signed: Hex): readonly [bigint, bigint] => {
	const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(signed);
	return [maxFeePerGas, maxPriorityFeePerGas];
};

/** The receipt, with a block mined once so many variants are noted. */
const minedAfter = async (
	sending: Promise<TransactionReceipt>,
	written: readonly unknown[],
	variants: number,
): Promise<TransactionReceipt> => {
	while (written.length < variants) await new Promise((resolve) => setTimeout(resolve, 20));
	await mineBlock();
	return sending;
};

test("a stuck transaction is replaced by the same call with higher fees and the same nonce", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const count = await mined();
	await setAutomine(false);
	const transactor = await open(journal, COORDINATOR, EAGER);
	const receipt = await minedAfter(transactor.send("admit", call), written, 3);
	const variants = (await journal.read(written[0]?.key ?? "")).map((signed) => ({
		signed,
		...parseTransaction(signed),
	}));
	assert.ok(variants.length >= 3);
	const [first] = variants;
	for (const [index, variant] of variants.entries()) {
		assert.deepEqual(
			[variant.nonce, variant.to, variant.data, variant.gas],
			[first?.nonce, first?.to, first?.data, first?.gas],
		);
		const before = variants[index - 1];
		if (before === undefined) continue;
		for (const [fee, fees] of feesOf(before.signed).entries()) {
			assert.ok(10n * (feesOf(variant.signed)[fee] ?? 0n) >= 11n * fees, "nodes ask for a tenth more");
		}
	}
	assert.ok(variants.some(({ signed }) => keccak256(signed) === receipt.transactionHash));
	assert.equal(await mined(), count + 1);
	assert.equal(await isAdmitted(hospital), true);
});

test("fees are raised so many times and no more, over restarts too", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	await setAutomine(false);
	const giveUp = async () =>
		rejectsWithCode((await open(journal, COORDINATOR, HASTY)).send("admit", call), "TRANSACTION_UNCONFIRMED");
	while (written.length < 9) await giveUp();
	await giveUp();
	assert.equal(written.length, 9);
	const receipt = await minedAfter((await open(journal, COORDINATOR, PATIENT)).send("admit", call), written, 9);
	assert.equal(keccak256(written.at(-1)?.signed ?? "0x"), receipt.transactionHash);
});

test("a restarted process finds the variant that was mined, whichever it is", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	await setAutomine(false);
	// The node that we talk to hears of the first variant only, and mines it while nobody looks.
	let sent = 0;
	proxy().answer = ({ method }) =>
		method === "eth_sendRawTransaction" && sent++ > 0 ? { error: { code: -32000, message: "underpriced" } } : undefined;
	do {
		const hasty = await open(journal, COORDINATOR, HASTY);
		await rejectsWithCode(hasty.send("admit", call), "TRANSACTION_UNCONFIRMED");
	} while (written.length < 3);
	await mineBlock();
	const before = sends();
	const receipt = await (await open(journal)).send("admit", call);
	assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(sends(), before);
});

test("a variant is noted before it is sent", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	const count = await mined();
	await setAutomine(false);
	let notes = 0;
	const killed = {
		...journal,
		write: (key: string, signed: readonly Hex[]) => (++notes < 2 ? journal : dying(journal)).write(key, signed),
	};
	await assert.rejects((await open(killed, COORDINATOR, EAGER)).send("admit", call), /killed/);
	assert.equal(written.length, 2);
	const before = sends();
	const sending = (await open(journal, COORDINATOR, PATIENT)).send("admit", call);
	while (sends() === before) await new Promise((resolve) => setTimeout(resolve, 20));
	const receipt = await minedAfter(sending, written, 2);
	assert.equal(keccak256(written[1]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(await mined(), count + 1);
});

test("a transaction that the node loses while it is waited for is sent again as it is", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const before = sends();
	const patient = await open(journal, COORDINATOR, PATIENT);
	await setAutomine(false);
	const sending = patient.send("admit", call);
	while (sends() === before) await new Promise((resolve) => setTimeout(resolve, 20));
	await provider().request({ method: "hardhat_dropTransaction", params: [keccak256(written[0]?.signed ?? "0x")] });
	while (sends() === before + 1) await new Promise((resolve) => setTimeout(resolve, 20));
	const receipt = await minedAfter(sending, written, 1);
	assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(written.length, 1);
	assert.equal(await isAdmitted(hospital), true);
});

test("after a reorganization that dropped several, those with lower nonces go before the one that is asked for", async () => {
	const { journal, written } = observed();
	const [one, two] = [await admission(), await admission()];
	const snapshot = await chain().takeSnapshot();
	const transactor = await open(journal);
	await transactor.send("one", one.call);
	await transactor.send("two", two.call);
	await snapshot.restore();
	const receipt = await (await open(journal)).send("two", two.call);
	assert.equal(keccak256(written[1]?.signed ?? "0x"), receipt.transactionHash);
	assert.deepEqual([await isAdmitted(one.hospital), await isAdmitted(two.hospital)], [true, true]);
	assert.equal(written.length, 2);
});

test("a lower nonce that is freed while a transaction is waited for is used up meanwhile", async () => {
	const { journal, written } = observed();
	const [one, two] = [await admission(), await admission()];
	const snapshot = await chain().takeSnapshot();
	const transactor = await open(journal, COORDINATOR, PATIENT);
	await transactor.send("one", one.call);
	await setAutomine(false);
	const before = sends();
	const sending = transactor.send("two", two.call);
	while (sends() === before) await new Promise((resolve) => setTimeout(resolve, 20));
	await snapshot.restore();
	await setAutomine(false);
	// The one, the other and perhaps the other again.
	while (sends() < before + 2) await new Promise((resolve) => setTimeout(resolve, 20));
	await setAutomine(true);
	await mineBlock();
	assert.equal(keccak256(written[1]?.signed ?? "0x"), (await sending).transactionHash);
	assert.deepEqual([await isAdmitted(one.hospital), await isAdmitted(two.hospital)], [true, true]);
	assert.equal(written.length, 2);
});

test("a lower nonce that no note knows of is used up by a transfer of nothing", async () => {
	const { journal, written } = observed();
	const [one, two] = [await admission(), await admission()];
	const snapshot = await chain().takeSnapshot();
	await (await open(memoryJournal())).send("one", one.call);
	await (await open(journal)).send("two", two.call);
	await snapshot.restore();
	const count = await mined();
	const receipt = await (await open(journal)).send("two", two.call);
	assert.equal(keccak256(written[0]?.signed ?? "0x"), receipt.transactionHash);
	assert.equal(written.length, 1);
	assert.deepEqual([await isAdmitted(one.hospital), await isAdmitted(two.hospital)], [false, true]);
	assert.equal(await mined(), count + 2);
	const { client } = await connect();
	const { transactions } = await client.getBlock({ blockNumber: receipt.blockNumber - 1n, includeTransactions: true });
	const [filler] = transactions;
	assert.deepEqual([filler?.from, filler?.to, filler?.value, filler?.input].map(String), [
		COORDINATOR.address.toLowerCase(),
		COORDINATOR.address.toLowerCase(),
		"0",
		"0x",
	]);
});

test("a nonce far above all others is given up, and the call signed with the next one", async () => {
	const { journal, written } = observed();
	const { hospital, call } = await admission();
	const isPending = (params: readonly unknown[]): boolean => params[1] === "pending";
	proxy().answer = ({ method, params }) =>
		method === "eth_getTransactionCount" && isPending(params) ? { result: "0x1000" } : undefined;
	await assert.rejects((await open(journal)).send("admit", call));
	proxy().answer = () => undefined;
	assert.equal((await (await open(journal)).send("admit", call)).status, "success");
	assert.equal(await isAdmitted(hospital), true);
	assert.equal(written.length, 2);
});

const GWEI = 10n ** 9n;
const quantity = (value: bigint): string => `0x${value.toString(16)}`;

test("a node that names absurd fees or gas gets no signature", async () => {
	const { hospital, call } = await admission();
	const { client } = await connect();
	const block = await client.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
	for (const [code, method, result] of [
		// 9,900 ether for one call, as a review made a worker sign.
		["FEE_TOO_HIGH", "eth_maxPriorityFeePerGas", quantity(600_000n * GWEI)],
		["FEE_TOO_HIGH", "eth_maxPriorityFeePerGas", quantity(11n * GWEI)],
		["FEE_TOO_HIGH", "eth_getBlockByNumber", { ...block, baseFeePerGas: quantity(101n * GWEI) }],
		["GAS_UNEXPECTED", "eth_estimateGas", quantity(13_000_000n)],
	] as const) {
		const { journal, written } = observed();
		proxy().answer = (request) => (request.method === method ? { result } : undefined);
		const before = sends();
		const { nextStep } = await rejectsWithCode((await open(journal)).send("admit", call), code);
		assert.match(nextStep, code === "FEE_TOO_HIGH" ? /fees\.max(Base|Priority)Fee/ : /another node/);
		assert.deepEqual([written.length, sends()], [0, before], method);
	}
	proxy().answer = () => undefined;
	const { journal, written } = observed();
	assert.equal((await (await open(journal)).send("admit", call)).status, "success");
	const { gas = 0n } = parseTransaction(written[0]?.signed ?? "0x");
	assert.ok(gas <= 1_500_000n);
	assert.equal(await isAdmitted(hospital), true);
});

test("a stuck transaction is raised up to the caps and no further, whatever the node names meanwhile", async () => {
	const { journal, written } = observed();
	const { call } = await admission();
	await setAutomine(false);
	const feeCaps = { ...DEFAULT_FEE_CAPS, priorityFee: 2n * GWEI };
	// From the first signature on, the node says that everybody pays a thousand gwei.
	proxy().answer = ({ method }) =>
		method === "eth_maxPriorityFeePerGas" && written.length > 0 ? { result: quantity(1_000n * GWEI) } : undefined;
	const giveUp = async () =>
		rejectsWithCode((await open(journal, COORDINATOR, HASTY, feeCaps)).send("admit", call), "TRANSACTION_UNCONFIRMED");
	while (written.length < 2) await giveUp();
	await giveUp();
	assert.equal(written.length, 2);
	for (const { signed } of written) {
		const [fee, priority] = feesOf(signed);
		assert.ok(priority <= feeCaps.priorityFee && fee <= feeCaps.priorityFee + feeCaps.baseFee);
	}
	proxy().answer = () => undefined;
	await minedAfter((await open(journal, COORDINATOR, PATIENT)).send("admit", call), written, 2);
});

test("a transfer that uses up a nonce costs no more either", async () => {
	const { journal } = observed();
	const [one, two] = [await admission(), await admission()];
	const snapshot = await chain().takeSnapshot();
	await (await open(memoryJournal())).send("one", one.call);
	await (await open(journal)).send("two", two.call);
	await snapshot.restore();
	proxy().answer = ({ method }) =>
		method === "eth_maxPriorityFeePerGas" ? { result: quantity(1_000n * GWEI) } : undefined;
	const before = sends();
	await rejectsWithCode((await open(journal)).send("two", two.call), "FEE_TOO_HIGH");
	assert.equal(sends(), before);
});
