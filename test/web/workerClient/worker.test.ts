/** The page's side of the worker's API, against the worker's own server. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { Clock } from "../../../web/lib/wallet/ports.ts";
import { createWorkerClient } from "../../../web/lib/worker/client.ts";
import { readPairing } from "../../../web/lib/worker/pairing.ts";
import { createWorkerStore, type WorkerView } from "../../../web/lib/worker/workerStore.ts";
import { OFFERED_ACTIONS } from "../../../worker/protocol/offeredActions.ts";
import type { Look } from "../../../worker/service/loop/runLoop.ts";
import { IDENTITY, OFFER, startLocalServer } from "../../support/service/localServer.ts";
import { document } from "../../support/service/openapi.ts";
import { fakeStorage } from "../../support/web/fakeChain.ts";

const LOOK: Look = { blockNumber: 7n, now: 1_700_000_000n };

/** Waits are short, so that reconnecting takes no time. */
const quickClock: Clock = {
	now: () => Date.now(),
	wait: (_, signal) =>
		new Promise((resolve) => {
			const timer = setTimeout(resolve, 20);
			signal.addEventListener("abort", () => {
				clearTimeout(timer);
				resolve();
			});
		}),
};

const until = async (what: string, isSo: () => boolean): Promise<void> => {
	// The runner's own limit ends it, with this name in the trace: a busy machine takes its time.
	for (let tries = 0; !isSo(); tries++) {
		if (tries === 3_000) console.error(`still waiting: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
};

const openStore = (context: TestContext, role: "hospital" | "committee" = "hospital", storage = fakeStorage()) => {
	const store = createWorkerStore({ role, storage, clock: quickClock });
	const views: WorkerView[] = [];
	context.after(store.subscribe(() => views.push(store.get())));
	return { store, storage, views };
};

test("every answer of the API is understood", async (context) => {
	const { url, token, state, offers, jobs } = await startLocalServer(context);
	const client = createWorkerClient({ url, token });
	const starting = await client.status();
	assert.ok(!starting.ok && starting.problem.code === "NOT_READY");
	state.opened(IDENTITY);
	state.looked(LOOK);
	offers.put(OFFER);
	jobs.progress({ step: "prove training segment 1 of 3", state: "started" });
	const status = await client.status();
	assert.ok(status.ok);
	assert.deepEqual(status.value.next, { state: "sign", action: "submitUpdate", text: OFFER.summary });
	assert.deepEqual(status.value.expects, { seconds: 12.5, proofs: 3 });
	const dataset = await client.dataset();
	assert.ok(dataset.ok && dataset.value.report.verdict === "problems" && dataset.value.samples === 96);
	const listed = await client.jobs();
	assert.ok(listed.ok && listed.value.jobs[0]?.part?.of === 3);
	const transactions = await client.transactions();
	assert.ok(transactions.ok && transactions.value.transactions[0]?.data === "0x1234");
	const prepared = await client.prepare("submitUpdate");
	assert.ok(prepared.ok && prepared.value.to === OFFER.to);
	const early = await client.prepare("attest");
	assert.ok(!early.ok && early.problem.code === "NOT_DUE");
	const refused = await createWorkerClient({ url, token: `${token}x` }).status();
	assert.ok(!refused.ok && refused.problem.code === "TOKEN_REFUSED");
});

test("the actions that a worker offers and the page knows are those of the API's document", () => {
	assert.deepEqual([...OFFERED_ACTIONS].sort(), [...document.components.schemas.Action.enum].sort());
});

test("what is not the worker's answer is not taken for one", async (context) => {
	let body = "{}";
	let status = 200;
	const server = createServer((_, response) => {
		response.writeHead(status, { "Content-Type": "application/json", Location: "http://127.0.0.1:1/" }).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	context.after(() => server.close());
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const client = createWorkerClient({ url, token: "t".repeat(40) });
	for (const text of ["{}", "no JSON", '{"role":"hospital"}', "null"]) {
		body = text;
		const answer = await client.status();
		assert.ok(!answer.ok && answer.problem.code === "WORKER_ANSWER", text);
	}
	status = 500;
	const broken = await client.status();
	assert.ok(!broken.ok && broken.problem.code === "WORKER_ANSWER");
	status = 302;
	const elsewhere = await client.status();
	assert.ok(!elsewhere.ok && elsewhere.problem.code === "WORKER_UNREACHABLE", "the token follows no redirection");
	server.close();
	server.closeAllConnections();
	const gone = await client.status();
	assert.ok(!gone.ok && gone.problem.code === "WORKER_UNREACHABLE");
});

test("a worker that never answers is not waited for", async (context) => {
	const server = createServer(() => undefined);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	context.after(() => {
		server.close();
		server.closeAllConnections();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const answer = await createWorkerClient({ url, token: "t".repeat(40), timeout: 50 }).status();
	assert.ok(!answer.ok && answer.problem.code === "WORKER_TIMEOUT");
});

test("a paired worker is followed: state, jobs, transactions and data set", async (context) => {
	const { url, token, state, jobs, offers } = await startLocalServer(context);
	const { store, storage } = openStore(context);
	assert.equal(store.get().connection, "unpaired");
	store.pair({ url, token });
	await until("live", () => store.get().connection === "live");
	assert.deepEqual(readPairing(storage, "hospital"), { url, token });
	state.opened(IDENTITY);
	state.looked(LOOK);
	await until("status and data set", () => store.get().status !== undefined && store.get().dataset !== undefined);
	jobs.progress({ step: "prove training segment 1 of 3", state: "started" });
	await until("a running job", () => store.get().jobs[0]?.state === "running");
	await until("what is next", () => store.get().status?.next.state === "working");
	jobs.progress({ step: "prove training segment 1 of 3", state: "done", seconds: 4.2 });
	await until("a finished job", () => store.get().jobs[0]?.seconds === 4.2);
	assert.equal(store.get().jobs.length, 1);
	offers.put(OFFER);
	await until("a transaction", () => store.get().offers.length === 1 && store.get().status?.next.state === "sign");
	offers.clear();
	await until("no transaction", () => store.get().offers.length === 0);
	store.unpair();
	assert.equal(store.get().connection, "unpaired");
	assert.equal(storage.items.size, 0);
});

test("a worker that goes down is shown as last seen, and found again by itself", async (context) => {
	const first = await startLocalServer(context);
	first.state.opened(IDENTITY);
	first.state.looked(LOOK);
	const port = Number(new URL(first.url).port);
	const { store } = openStore(context);
	store.pair(first);
	await until("live", () => store.get().status !== undefined);
	await first.close();
	await until("lost", () => store.get().connection === "lost");
	assert.ok(store.get().status !== undefined && store.get().problem?.code === "WORKER_UNREACHABLE");
	const again = await startLocalServer(context, { port });
	await until("refused by the one that has a new token", () => store.get().connection === "refused");
	again.state.opened(IDENTITY);
	again.state.looked({ ...LOOK, blockNumber: 8n });
	store.pair({ url: again.url, token: again.token });
	await until("live again", () => store.get().connection === "live" && store.get().status?.chain.block === 8);
	assert.equal(store.get().problem, undefined);
});

test("a reload finds the worker of this session, of its own role alone", async (context) => {
	const { url, token, state } = await startLocalServer(context);
	state.opened(IDENTITY);
	state.looked(LOOK);
	const { store, storage } = openStore(context);
	store.pair({ url, token });
	await until("live", () => store.get().connection === "live");
	const reloaded = openStore(context, "hospital", storage);
	await until("live after a reload", () => reloaded.store.get().status !== undefined);
	assert.equal(openStore(context, "committee", storage).store.get().connection, "unpaired");
});
