/** What one's own store and the others' make together: honest blocks, at a bounded cost, wherever they are. */
import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type BlockStore, blockTooLarge, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { openStores } from "../../../worker/adapters/ipfs/openStores.ts";
import { withPatience } from "../../../worker/adapters/ipfs/withPatience.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const blockOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const [BYTES, OTHER] = [blockOf("hello"), blockOf("other")];
const [DIGEST, OTHER_DIGEST] = [sha256Digest(BYTES), sha256Digest(OTHER)];
const DOWN = "http://127.0.0.1:1";

const peerWith = async (context: TestContext, ...blocks: readonly Uint8Array[]): Promise<string> => {
	const store = diskStore(temporaryFolder(context));
	for (const block of blocks) await store.put(block);
	const gateway = await startGateway({ store });
	context.after(gateway.close);
	return gateway.url;
};
/** A server that answers everything alike, and counts. */
const answering = async (context: TestContext, body: string | undefined) => {
	let requests = 0;
	const url = await serve(context, (_, response) => {
		requests++;
		if (body !== undefined) response.end(body);
	});
	return { url, requests: () => requests };
};
const fileOf = (folder: string, digest: string): string => join(folder, digest.slice(2, 4), digest.slice(2));

test("what is published stays at home; what a peer gave is kept by whoever puts it", async (context) => {
	const folder = join(temporaryFolder(context), "own");
	const { store, own, peers } = await openStores(folder, [await peerWith(context, BYTES)]);
	assert.equal(peers.length, 1);
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.equal(await store.has(DIGEST), true);
	assert.equal(await own.has(DIGEST), false);
	assert.equal(await store.put(await store.get(DIGEST)), DIGEST);
	assert.equal(await own.has(DIGEST), true);
	await store.put(OTHER);
	assert.deepEqual(await own.get(OTHER_DIGEST), OTHER);
	await rejectsWithCode(store.get(sha256Digest(blockOf("nowhere"))), "BLOCK_MISSING");
});

test("a damaged block of one's own is replaced when a peer has it, a lost one only fetched", async (context) => {
	const folder = temporaryFolder(context);
	const { store } = await openStores(folder, [DOWN, await peerWith(context, BYTES)]);
	await store.put(BYTES);
	await store.put(OTHER);
	writeFileSync(fileOf(folder, DIGEST), "hellO");
	writeFileSync(fileOf(folder, OTHER_DIGEST), "Other");
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.deepEqual(await diskStore(folder).get(DIGEST), BYTES);
	// Nobody else has it, as far as they could be asked: the damage is told, too.
	assert.match((await rejectsWithCode(store.get(OTHER_DIGEST), "IPFS_UNREACHABLE")).message, /returned other bytes/);
	rmSync(fileOf(folder, DIGEST));
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.deepEqual(readdirSync(join(folder, DIGEST.slice(2, 4))), []);
});

test("a peer that is silent costs its timeout once, then it is left alone, and asked again later", async (context) => {
	let time = 0;
	const silent = await answering(context, undefined);
	const patience = { firstPause: 1_000, longestPause: 3_000, now: () => time };
	// The other one may take its time: this machine may be busy.
	const store = firstOf([
		diskStore(temporaryFolder(context)),
		withPatience(gatewayStore(silent.url, { timeout: 60 }), patience),
		gatewayStore(new URL(await peerWith(context, BYTES))),
	]);
	for (let repeat = 0; repeat < 5; repeat++) assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.equal(silent.requests(), 1);
	// Twice as long each time, up to the longest.
	for (const [pause, requests] of [
		[999, 1],
		[1, 2],
		[1_999, 2],
		[1, 3],
		[2_999, 3],
		[1, 4],
		[2_999, 4],
		[1, 5],
	] as const) {
		time += pause;
		assert.deepEqual(await store.get(DIGEST), BYTES);
		assert.equal(silent.requests(), requests);
	}
	assert.match((await rejectsWithCode(store.get(OTHER_DIGEST), "IPFS_UNREACHABLE")).message, /left alone for 3 s/);
});

test("a wrong block is not asked for again, the peer's others are; a peer that always lies is left alone", async (context) => {
	let time = 0;
	const liar = await answering(context, "no");
	const patience = { firstPause: 1_000, longestPause: 10_000, now: () => time };
	const patient = withPatience(gatewayStore(liar.url), patience);
	await rejectsWithCode(patient.get(DIGEST), "BLOCK_MISMATCH");
	await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
	assert.equal(liar.requests(), 1);
	await rejectsWithCode(patient.get(OTHER_DIGEST), "BLOCK_MISMATCH");
	await rejectsWithCode(patient.get(sha256Digest(blockOf("third"))), "BLOCK_MISMATCH");
	await rejectsWithCode(patient.get(sha256Digest(blockOf("fourth"))), "IPFS_UNREACHABLE");
	assert.equal(liar.requests(), 3);
	time += 10_000;
	await rejectsWithCode(patient.get(DIGEST), "BLOCK_MISMATCH");
	assert.equal(liar.requests(), 4);
});

test("a block that arrived damaged is asked for again soon, then ever later, until it is right", async () => {
	let time = 0;
	let answer: () => Promise<Uint8Array> = () => Promise.resolve(BYTES);
	const inner: BlockStore = { ...diskStore("nowhere"), get: () => answer() };
	const patient = withPatience(inner, { firstPause: 1_000, longestPause: 60_000, now: () => time });
	const lie = () => Promise.reject(blockTooLarge(DIGEST, "a gateway"));
	const waits = async (pause: number): Promise<void> => {
		answer = lie;
		await rejectsWithCode(patient.get(DIGEST), "BLOCK_TOO_LARGE");
		answer = () => Promise.resolve(BYTES);
		time += pause - 1;
		await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
		time += 1;
	};
	await waits(1_000);
	await waits(2_000);
	assert.deepEqual(await patient.get(DIGEST), BYTES);
	await waits(1_000);
});

test("a peer that works again, or only lacks a block, is not held back", async () => {
	let time = 0;
	let answer: () => Promise<Uint8Array> = () => Promise.resolve(BYTES);
	const inner: BlockStore = {
		...diskStore("nowhere"),
		get: () => answer(),
	};
	const patient = withPatience(inner, { firstPause: 1_000, longestPause: 60_000, now: () => time });
	const down = gatewayStore(new URL(DOWN));
	const missing = diskStore("nowhere");
	for (let repeat = 0; repeat < 4; repeat++) {
		answer = () => missing.get(DIGEST);
		await rejectsWithCode(patient.get(DIGEST), "BLOCK_MISSING");
		answer = () => down.get(DIGEST);
		await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
		time += 1_000;
		answer = () => Promise.resolve(BYTES);
		assert.deepEqual(await patient.get(DIGEST), BYTES);
	}
	answer = () => Promise.reject(new TypeError("a bug"));
	await assert.rejects(patient.get(DIGEST), TypeError);
	await assert.rejects(patient.get(DIGEST), TypeError);
});

test("locations that can't be what they are named as are refused", async (context) => {
	const folder = temporaryFolder(context);
	await rejectsWithCode(openStores("https://gateway.example", []), "CONFIG_INVALID");
	await rejectsWithCode(openStores(folder, [join(folder, "absent")]), "IPFS_UNREACHABLE");
	await rejectsWithCode(openStores(folder, ["ftp://peer"]), "CONFIG_INVALID");
	const { store } = await openStores(join(folder, "new"), []);
	await store.put(BYTES);
	await rejectsWithCode(store.get(DIGEST, { signal: AbortSignal.abort() }), "ABORTED");
});
