import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import { getAddress } from "viem";
import { freePort } from "../../../scripts/ports.ts";
import { connectChain } from "../../../worker/adapters/chain/connect.ts";
import { deploymentBlock } from "../../../worker/adapters/chain/deploymentBlock.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { type RpcProxy, type RpcRequest, startRpcProxy } from "../../support/rpcProxy.ts";
import { startWorkerChain, type WorkerChain } from "../../support/workerChain.ts";

const API_KEY = "k3y-0f-th1s-t3st";

let chain: WorkerChain;
let proxy: RpcProxy;
let rpcUrl: string;
let address: string;

before(async () => {
	chain = await startWorkerChain();
	proxy = await startRpcProxy(chain.rpcUrl);
	rpcUrl = `${proxy.url}/${API_KEY}`;
	address = chain.roundManager.address;
});
after(async () => {
	await proxy.close();
	await chain.stop();
});

/** Runs with the proxy answering as told; afterwards it is a plain node again. */
const answering = async <T>(answer: RpcProxy["answer"], run: () => Promise<T>): Promise<T> => {
	proxy.answer = answer;
	try {
		return await run();
	} finally {
		proxy.answer = () => undefined;
	}
};
/** Requests since the `from`-th. */
const asked = (from: number, method: string): number =>
	proxy.requests.slice(from).filter((request) => request.method === method).length;
const blockAnswer = (number: unknown, hash: string) => ({
	result: { number, hash: `0x${hash.padStart(64, "0")}`, timestamp: "0x1", transactions: [] },
});

describe("connecting", () => {
	it("finds the registries, and stands for one chain and deployment only", async () => {
		const connection = await connectChain({ rpcUrl, address, expectedChainId: 31337 });
		assert.deepEqual(connection.deployment, {
			roundManager: getAddress(chain.roundManager.address),
			hospitalRegistry: getAddress(chain.hospitalRegistry.address),
			modelRegistry: getAddress(chain.modelRegistry.address),
		});
		assert.match(connection.scope, /^[0-9a-f]{16}$/);
		assert.equal((await connectChain({ rpcUrl, address: address.toLowerCase() })).scope, connection.scope);
		const otherGenesis = ({ method, params }: RpcRequest) =>
			method === "eth_getBlockByNumber" && params[0] === "0x0" ? blockAnswer("0x0", "1") : undefined;
		const restarted = await answering(otherGenesis, () => connectChain({ rpcUrl, address }));
		assert.notEqual(restarted.scope, connection.scope);
	});

	it("says what is wrong with its configuration, without repeating the URL", async () => {
		for (const url of ["", "ws://127.0.0.1:8545", "127.0.0.1:8545", "http://"]) {
			await rejectsWithCode(connectChain({ rpcUrl: url, address }), "CONFIG_INVALID");
		}
		for (const bad of ["", "0x12", `${address.slice(0, -1)}g`]) {
			await rejectsWithCode(connectChain({ rpcUrl, address: bad }), "CONFIG_INVALID");
		}
		const dead = `http://user:${API_KEY}@127.0.0.1:${await freePort()}/${API_KEY}`;
		const failures = [
			await rejectsWithCode(connectChain({ rpcUrl: dead, address }), "RPC_UNREACHABLE"),
			await rejectsWithCode(connectChain({ rpcUrl, address, expectedChainId: 11155111 }), "RPC_WRONG_CHAIN"),
			await answering(
				() => ({ status: 401 }),
				() => rejectsWithCode(connectChain({ rpcUrl, address }), "RPC_UNREACHABLE"),
			),
			await answering(
				() => ({ error: { code: -32000, message: `limit of ${rpcUrl} reached` } }),
				() => rejectsWithCode(connectChain({ rpcUrl, address }), "RPC_FAILED"),
			),
		];
		assert.match(failures[2]?.message ?? "", /HTTP status 401/);
		// Not even with its cause and stack.
		for (const failure of failures) assert.ok(!inspect(failure, { depth: 9 }).includes(API_KEY));
	});

	it("tells no contract from another contract, and both from a node that breaks off", async () => {
		const nobody = "0x000000000000000000000000000000000000dEaD";
		const { message } = await rejectsWithCode(connectChain({ rpcUrl, address: nobody }), "CONTRACT_MISSING");
		assert.match(message, /there is no contract at 0x0+dEaD on chain 31337/);
		for (const { address: other } of [chain.modelRegistry, chain.hospitalRegistry]) {
			await rejectsWithCode(connectChain({ rpcUrl, address: other }), "CONTRACT_MISSING");
		}
		await answering(
			({ method }) => (method === "eth_call" ? { status: 503 } : undefined),
			() => rejectsWithCode(connectChain({ rpcUrl, address }), "RPC_UNREACHABLE"),
		);
	});

	it("stops when it is told to", async () => {
		const signal = AbortSignal.abort();
		await rejectsWithCode(connectChain({ rpcUrl, address, signal }), "ABORTED");
	});
});

describe("reading events", () => {
	const connect = () => connectChain({ rpcUrl, address });

	it("leaves out the newest blocks", async () => {
		const { readEvents } = await connect();
		const { events, blockNumber } = await readEvents();
		assert.deepEqual(
			events.map(({ name, source }) => [name, source]),
			[
				["RoundManagerSet", "modelRegistry"],
				["RoundManagerSet", "hospitalRegistry"],
			],
		);
		// As many as leave out the block of the newest event.
		const confirmations = Number(blockNumber - (events.at(-1)?.place.blockNumber ?? 0n)) + 1;
		const shallow = await readEvents({ confirmations });
		assert.deepEqual([shallow.events.length, shallow.blockNumber], [1, blockNumber - BigInt(confirmations)]);
		const deep = await readEvents({ confirmations: 1_000 });
		assert.deepEqual([deep.events.length, deep.blockNumber], [0, 0n]);
		await chain.mine(1);
		assert.equal((await readEvents({ confirmations })).events.length, 2);
	});

	it("asks for smaller ranges of a node with limits, and gives up on one that is down at once", async () => {
		const { readEvents } = await connect();
		await chain.mine(200);
		const width = ({ params }: RpcRequest): bigint => {
			const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
			return BigInt(toBlock) - BigInt(fromBlock) + 1n;
		};
		const refusing = (when: (request: RpcRequest) => boolean) => (request: RpcRequest) =>
			request.method === "eth_getLogs" && when(request)
				? { error: { code: -32000, message: "query returned more than 10000 results" } }
				: undefined;
		const read = await answering(
			refusing((request) => width(request) > 50n),
			readEvents,
		);
		assert.equal(read.events.length, 2);
		await answering(
			refusing(() => true),
			() => rejectsWithCode(readEvents(), "RPC_FAILED"),
		);
		const from = proxy.requests.length;
		await answering(
			({ method }) => (method === "eth_getLogs" ? { status: 502 } : undefined),
			() => rejectsWithCode(readEvents(), "RPC_UNREACHABLE"),
		);
		// viem's own repetitions of one request, not those of ten ranges.
		assert.ok(asked(from, "eth_getLogs") <= 3);
	});
});

describe("the deployment's block", () => {
	const addresses = () =>
		[chain.modelRegistry, chain.hospitalRegistry, chain.roundManager].map(({ address: at }) => at);

	it("is found on a long chain, and a short one is read whole", async () => {
		const { client } = await connectChain({ rpcUrl, address });
		await chain.mine(100);
		const first = await deploymentBlock(client, addresses(), 50n);
		const hasCode = async (blockNumber: bigint) =>
			Promise.all(addresses().map((at) => client.getCode({ address: at, blockNumber })));
		assert.ok((await hasCode(first)).some((code) => code !== undefined));
		assert.ok((await hasCode(first - 1n)).every((code) => code === undefined));
		assert.equal(await deploymentBlock(client, addresses()), 0n);
	});

	it("is 0 when the node has forgotten old states", async () => {
		const { client } = await connectChain({ rpcUrl, address });
		const pruned = ({ method, params }: RpcRequest) =>
			method === "eth_getCode" && params[1] !== "latest"
				? { error: { code: -32000, message: "missing trie node" } }
				: undefined;
		assert.equal(await answering(pruned, () => deploymentBlock(client, addresses(), 50n)), 0n);
	});
});
