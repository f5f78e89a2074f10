/** What strangers can take of a gateway is bounded: connections, requests, headers, memory and time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { type BlockStore, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { addressGroup, createRateLimit, type GatewayLimits } from "../../../worker/adapters/ipfs/gatewayLimits.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";

const BYTES = new TextEncoder().encode("hello");
const CID = cidOf(sha256Digest(BYTES));
const PATH = `/ipfs/${CID}?format=raw`;
const STORE: BlockStore = { ...diskStore("nowhere"), get: async () => BYTES };

const open = async (context: TestContext, limits: Partial<GatewayLimits>, store = STORE) => {
	const { url, close } = await startGateway({ store, limits });
	context.after(close);
	const port = Number(new URL(url).port);
	const sockets: Socket[] = [];
	context.after(() => {
		for (const socket of sockets) socket.destroy();
	});
	const dial = async (): Promise<Socket> => {
		const socket = connect(port, "127.0.0.1");
		sockets.push(socket);
		// A connection that the server closes may end with an error.
		socket.on("error", () => undefined);
		await once(socket, "connect");
		return socket;
	};
	return { url, dial };
};
const closed = async (socket: Socket): Promise<void> => {
	socket.resume();
	if (!socket.closed) await once(socket, "close");
};
const firstLine = async (socket: Socket): Promise<string> =>
	String((await once(socket, "data"))[0]).split("\r\n")[0] ?? "";
const ask = (socket: Socket): void => void socket.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\n\r\n`);

test("connections of one address, and in all; when one ends, the next has its place", async (context) => {
	for (const limits of [{ connectionsPerAddress: 2 }, { connections: 2 }]) {
		const { dial } = await open(context, { idleTime: 2 ** 30, requestTime: 2 ** 30, ...limits });
		const [one, two] = [await dial(), await dial()];
		ask(one);
		ask(two);
		assert.deepEqual([await firstLine(one), await firstLine(two)], Array(2).fill("HTTP/1.1 200 OK"));
		await closed(await dial());
		one.destroy();
		await closed(one);
		// The server learns of it in its own time.
		for (let line = ""; line !== "HTTP/1.1 200 OK"; ) {
			const next = await dial();
			ask(next);
			line = await Promise.race([firstLine(next), once(next, "close").then(() => "")]);
		}
	}
});

test("a request whose headers do not come, or whose body does not, is closed; so is an idle connection", async (context) => {
	const { dial } = await open(context, { requestTime: 50, idleTime: 50 });
	const [header, body, idle] = [await dial(), await dial(), await dial()];
	header.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-A: `);
	body.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n`);
	ask(idle);
	await Promise.all([header, body, idle].map(closed));
});

test("long headers are refused", async (context) => {
	const { url } = await open(context, { headerBytes: 2_000 });
	assert.equal((await fetch(url + PATH, { headers: { "X-A": "a".repeat(1_000) } })).status, 200);
	assert.equal((await fetch(url + PATH, { headers: { "X-A": "a".repeat(2_000) } })).status, 431);
});

test("a flood is told to wait, and costs no block", async (context) => {
	let reads = 0;
	const store: BlockStore = {
		...STORE,
		get: async () => {
			reads++;
			return BYTES;
		},
	};
	const { url } = await open(context, { requestsPerSecond: 0.5 }, store);
	const answers = await Promise.all(Array.from({ length: 12 }, () => fetch(url + PATH)));
	const granted = answers.filter(({ status }) => status === 200).length;
	assert.ok(granted >= 2 && granted === reads);
	const refused = answers.filter(({ status }) => status === 429);
	assert.equal(refused.length, 12 - granted);
	assert.ok(refused.length > 0 && refused.every(({ headers }) => headers.get("retry-after") === "1"));
});

test("blocks that are being read or sent are bounded", async (context) => {
	let go = (): void => undefined;
	const gate = new Promise<void>((resolve) => {
		go = resolve;
	});
	let isRead = (): void => undefined;
	const reading = new Promise<void>((resolve) => {
		isRead = resolve;
	});
	const store: BlockStore = {
		...STORE,
		get: async () => {
			isRead();
			await gate;
			return BYTES;
		},
	};
	const { url } = await open(context, { answers: 1 }, store);
	const first = fetch(url + PATH);
	await reading;
	assert.equal((await fetch(url + PATH)).status, 503);
	go();
	assert.equal(await (await first).text(), "hello");
});

test("an answer that is not taken in time is given up", async (context) => {
	const store: BlockStore = { ...STORE, get: () => new Promise(() => undefined) };
	const { dial } = await open(context, { answerTime: 50 }, store);
	const socket = await dial();
	ask(socket);
	await closed(socket);
});

test("the rate: each group has its own, all have one together, and both fill up again", () => {
	let time = 0;
	const mayAsk = createRateLimit(1, () => time);
	const granted = (group: string, requests: number) =>
		Array.from({ length: requests }, () => mayAsk(group)).filter((answer) => answer).length;
	assert.equal(granted("a", 10), 4);
	assert.equal(granted("b", 10), 4);
	time = 2_000;
	assert.equal(granted("a", 10), 2);
	const others = Array.from({ length: 50 }, (_, index) => granted(`c${index}`, 1)).reduce((a, b) => a + b, 0);
	assert.equal(others, 30);
});

test("an address and its network", () => {
	assert.equal(addressGroup("::ffff:192.0.2.7"), "192.0.2.7");
	assert.equal(addressGroup("192.0.2.7"), "192.0.2.7");
	assert.equal(addressGroup("2001:db8:1:2:3:4:5:6"), addressGroup("2001:db8:1:2::9"));
	assert.notEqual(addressGroup("2001:db8:1:2::9"), addressGroup("2001:db8:1:3::9"));
	assert.equal(addressGroup("fe80::1%eth0"), "fe80:0:0:0");
	assert.equal(addressGroup("::1"), "0:0:0:0");
	assert.equal(addressGroup(undefined), "");
});
