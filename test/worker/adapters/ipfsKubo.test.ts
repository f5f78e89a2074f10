import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_BLOCK_BYTES, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf, digestOf } from "../../../worker/adapters/ipfs/cid.ts";
import { kuboStore } from "../../../worker/adapters/ipfs/kuboStore.ts";
import { serve } from "../../support/httpServer.ts";
import { startIndependentRpcServer } from "../../support/ipfs/independentRpcServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const BYTES = new TextEncoder().encode("hello");
const DIGEST = sha256Digest(BYTES);
const ABSENT = sha256Digest(new TextEncoder().encode("absent"));

test("an independent RPC server stores, pins and returns blocks under the same CID", async (context) => {
	const server = await startIndependentRpcServer();
	if ("unavailable" in server) {
		process.stderr.write(`\nNOT TESTED: the Kubo client against an independent server. ${server.unavailable}\n`);
		context.skip(server.unavailable);
		return;
	}
	context.after(server.stop);
	const store = kuboStore(server.url);
	assert.equal(await store.has(DIGEST), false);
	await rejectsWithCode(store.get(DIGEST), "BLOCK_MISSING");
	assert.equal(await store.put(BYTES), DIGEST);
	assert.equal(await store.put(BYTES), DIGEST);
	assert.equal(await store.has(DIGEST), true);
	assert.deepEqual(await store.get(DIGEST), BYTES);
	const largest = await store.put(new Uint8Array(MAX_BLOCK_BYTES).fill(1));
	assert.equal((await store.get(largest)).length, MAX_BLOCK_BYTES);
	const pins = await fetch(new URL(`/api/v0/pin/ls?arg=${cidOf(DIGEST)}`, server.url), { method: "POST" });
	const { Keys } = (await pins.json()) as { Keys: Record<string, { Type: string }> };
	// js-ipfs writes the CID in base58, so the digests are compared.
	assert.deepEqual(
		Object.entries(Keys).map(([cid, { Type }]) => [digestOf(cid), Type]),
		[[DIGEST, "recursive"]],
	);
	await rejectsWithCode(store.put(new Uint8Array(MAX_BLOCK_BYTES + 1)), "BLOCK_TOO_LARGE");
});

test("a node that answers with other bytes, or stores under another CID, is caught", async (context) => {
	const liar = kuboStore(
		await serve(context, (request, response) => {
			request.resume();
			if (request.url?.includes("block/put") === true) {
				response.setHeader("Content-Type", "application/json").end(JSON.stringify({ Key: cidOf(ABSENT), Size: 5 }));
			} else {
				response.end("hellO");
			}
		}),
	);
	await rejectsWithCode(liar.get(DIGEST), "BLOCK_MISMATCH");
	await rejectsWithCode(liar.put(BYTES), "BLOCK_MISMATCH");
	const bloated = await serve(context, (_, response) => response.end(new Uint8Array(MAX_BLOCK_BYTES + 1)));
	await rejectsWithCode(kuboStore(bloated).get(DIGEST), "BLOCK_TOO_LARGE");
});

test("a node that searches without end: a read counts as missing, a write as unreachable", async (context) => {
	const silent = await serve(context, (request) => void request.resume());
	const store = kuboStore(silent, { timeout: 50 });
	await rejectsWithCode(store.get(DIGEST), "BLOCK_MISSING");
	assert.equal(await store.has(DIGEST), false);
	await rejectsWithCode(store.put(BYTES), "IPFS_UNREACHABLE");
	const patient = kuboStore(silent);
	await rejectsWithCode(patient.get(DIGEST, { signal: AbortSignal.timeout(20) }), "ABORTED");
	await rejectsWithCode(patient.put(BYTES, { signal: AbortSignal.abort() }), "ABORTED");
});

test("Kubo's own words for a missing block, a refusal, and nobody there", async (context) => {
	const answering = async (status: number, body: string, type = "application/json") =>
		kuboStore(await serve(context, (_, response) => response.writeHead(status, { "Content-Type": type }).end(body)));
	const message = `block was not found locally (offline): ipld: could not find ${cidOf(DIGEST)}`;
	const offline = await answering(500, JSON.stringify({ Message: message, Code: 0, Type: "error" }));
	await rejectsWithCode(offline.get(DIGEST), "BLOCK_MISSING");
	assert.equal(await offline.has(DIGEST), false);
	await rejectsWithCode((await answering(403, "403 - Forbidden", "text/plain")).get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode((await answering(404, "404 page not found", "text/plain")).get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode((await answering(200, "no json")).put(BYTES), "IPFS_UNREACHABLE");
	const nobody = kuboStore(new URL("http://127.0.0.1:1"));
	await rejectsWithCode(nobody.get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(nobody.has(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(nobody.put(BYTES), "IPFS_UNREACHABLE");
});

test("credentials go into a header and out of every message", async (context) => {
	const seen: (string | undefined)[] = [];
	const url = await serve(context, (request, response) => {
		seen.push(request.headers.authorization);
		response.end(BYTES);
	});
	url.username = "me";
	url.password = "secret";
	const store = kuboStore(url);
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.deepEqual(seen, [`Basic ${Buffer.from("me:secret").toString("base64")}`]);
	assert.doesNotMatch(store.description, /secret/);
});
