/** What a long-lived connection reads anew, and that it ends with the same events as one that has just been made. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type Hex, numberToHex } from "viem";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { belowLatest, createEventReader, type EventLog } from "../../../worker/adapters/chain/readEvents.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { type RpcProxy, type RpcRequest, startRpcProxy } from "../../support/rpcProxy.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";

const OVERLAP = 4n;

let chain: WorkerChain;
let proxy: RpcProxy;
let next = 1;

before(async () => {
	chain = await startWorkerChain();
	proxy = await startRpcProxy(chain.rpcUrl);
});
beforeEach(() => {
	proxy.answer = () => undefined;
});
after(async () => {
	await proxy.close();
	await chain.stop();
});

const connect = (witnesses: readonly string[] = []) =>
	connectChain({ rpcUrl: proxy.url, address: chain.roundManager.address, witnesses });
const newReader = async () => {
	const { client, deployment } = await connect();
	return createEventReader(client, { deployment, fromBlock: 0n, overlap: OVERLAP });
};
const latest = belowLatest(0);
/** One event in a block of its own. */
const admit = async (count = 1): Promise<void> => {
	for (let index = 0; index < count; index++) {
		await chain.hospitalRegistry.write.admitHospital([`0x${String(next++).padStart(40, "0")}`]);
	}
};
/** First blocks of the log requests since the `from`-th request. */
const readFrom = (from: number): readonly bigint[] =>
	proxy.requests
		.slice(from)
		.filter(({ method }) => method === "eth_getLogs")
		.map(({ params }) => BigInt((params[0] as { fromBlock: string }).fromBlock));
const withHash = (params: readonly unknown[], hash: string) => ({
	result: { number: params[0], hash: `0x${hash.padStart(64, "0")}`, timestamp: "0x1", transactions: [] },
});

test("only the newest blocks are read again, and nothing is missing or twice", async () => {
	const read = await newReader();
	await admit(6);
	const first = await read(latest);
	await admit(3);
	const from = proxy.requests.length;
	const second = await read(latest);
	assert.deepEqual(readFrom(from), [first.blockNumber - OVERLAP + 1n]);
	assert.equal(second.events.length, first.events.length + 3);
	assert.deepEqual(second, await (await newReader())(latest));
	const { hash, timestamp } = await (await connect()).client.getBlock({ blockNumber: second.blockNumber });
	assert.deepEqual([second.blockHash, second.timestamp], [hash, timestamp]);
	// A depth below what is kept is answered from what is kept.
	const deep = await read(() => second.blockNumber - OVERLAP - 2n);
	assert.deepEqual(deep, await (await newReader())(() => second.blockNumber - OVERLAP - 2n));
	assert.equal((await read(latest)).events.length, second.events.length);
});

test("what a node left out near its end is there at the next reading", async () => {
	const read = await newReader();
	const whole = await read(latest);
	await admit(2);
	// The machine that answers for logs is two blocks behind the one that knows the latest block.
	const { client, deployment } = await connect();
	const filter = { address: Object.values(deployment), fromBlock: "0x0", toBlock: numberToHex(whole.blockNumber) };
	const request = { method: "eth_getLogs", params: [filter] } as never;
	const logs = (await client.request(request)) as readonly { readonly blockNumber: Hex }[];
	proxy.answer = ({ method, params }) => {
		if (method !== "eth_getLogs") return undefined;
		const { fromBlock } = params[0] as { fromBlock: Hex };
		return { result: logs.filter((log) => BigInt(log.blockNumber) >= BigInt(fromBlock)) };
	};
	assert.equal((await read(latest)).events.length, whole.events.length);
	proxy.answer = () => undefined;
	assert.equal((await read(latest)).events.length, whole.events.length + 2);
});

test("a reorganization, shallow or deep, leaves the events of the chain that is there", async () => {
	for (const depth of [2, 12]) {
		const snapshot = await chain.takeSnapshot();
		const read = await newReader();
		await admit(depth);
		const before = await read(latest);
		await snapshot.restore();
		await admit(depth - 1);
		await chain.mine(3);
		const from = proxy.requests.length;
		const afterwards = await read(latest);
		assert.deepEqual(readFrom(from), depth === 12 ? [0n] : [before.blockNumber - OVERLAP + 1n]);
		assert.equal(afterwards.events.length, before.events.length - 1);
		assert.deepEqual(afterwards, await (await newReader())(latest));
	}
});

test("a chain that became shorter than what is kept is read from its beginning", async () => {
	const snapshot = await chain.takeSnapshot();
	const { blockNumber } = await (await newReader())(latest);
	const read = await newReader();
	await admit(12);
	await read(latest);
	await snapshot.restore();
	const short = await read(latest);
	assert.equal(short.blockNumber, blockNumber);
	assert.deepEqual(short, await (await newReader())(latest));
});

test("events are read again when a reorganization replaces the last block meanwhile, and not for ever", async () => {
	const read = await newReader();
	const { blockNumber, events } = await read(latest);
	const isLast = ({ method, params }: RpcRequest): boolean =>
		method === "eth_getBlockByNumber" && BigInt(params[0] as Hex) === blockNumber;
	const from = proxy.requests.length;
	let replaced = 0;
	proxy.answer = (request) =>
		isLast(request) && readFrom(from).length > 0 && replaced++ === 0 ? withHash(request.params, "2") : undefined;
	assert.deepEqual((await read(latest)).events, events);
	assert.equal(readFrom(from).length, 2);
	proxy.answer = (request) => (isLast(request) ? withHash(request.params, String(++replaced)) : undefined);
	await rejectsWithCode(read(latest), "RPC_FAILED");
});

test("witnesses agree when they show the same chain", async () => {
	const { readEvents, requireAgreement } = await connect([chain.rpcUrl, chain.rpcUrl]);
	const log = await readEvents();
	await requireAgreement(log);
	await admit();
	await requireAgreement(log);
	await requireAgreement(await readEvents({ confirmations: 1 }));
	const alone = await connect();
	await alone.requireAgreement(await alone.readEvents());
});

test("a witness that is behind, on another branch or chain, shows other events or is down stops what asks for it", async () => {
	const liar = await startRpcProxy(chain.rpcUrl);
	try {
		const { readEvents, requireAgreement } = await connect([chain.rpcUrl, liar.url]);
		const log: EventLog = await readEvents();
		const disagree = async (answer: RpcProxy["answer"], problem: RegExp): Promise<void> => {
			liar.answer = answer;
			assert.match((await rejectsWithCode(requireAgreement(log), "RPC_DISAGREE")).message, problem);
		};
		liar.answer = ({ method }) => (method === "eth_chainId" ? { result: "0x1" } : undefined);
		await rejectsWithCode(requireAgreement(log), "RPC_WRONG_CHAIN");
		liar.answer = () => ({ status: 503 });
		const down = await rejectsWithCode(requireAgreement(log), "RPC_UNREACHABLE");
		assert.match(down.message, /witness 2 of 2/);
		await disagree(
			({ method }) => (method === "eth_blockNumber" ? { result: "0x1" } : undefined),
			/witness 2 of 2 does not have block/,
		);
		await disagree(
			({ method, params }) => (method === "eth_getBlockByNumber" ? withHash(params, "7") : undefined),
			/has another block/,
		);
		await disagree(({ method }) => (method === "eth_getLogs" ? { result: [] } : undefined), /has other events/);
		liar.answer = () => undefined;
		await requireAgreement(log);
		const other = { ...log, blockHash: `0x${"12".repeat(32)}` as const };
		await rejectsWithCode(requireAgreement(other), "RPC_DISAGREE");
	} finally {
		await liar.close();
	}
	await rejectsWithCode(connect(["nowhere"]), "CONFIG_INVALID");
});
