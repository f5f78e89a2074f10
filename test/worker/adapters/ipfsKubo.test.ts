import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MAX_BLOCK_BYTES, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf, digestOf } from "../../../worker/adapters/ipfs/cid.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { kuboStore } from "../../../worker/adapters/ipfs/kuboStore.ts";
import { openStores } from "../../../worker/adapters/ipfs/openStores.ts";
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

const NOT_LOCAL = `block was not found locally (offline): ipld: could not find ${cidOf(DIGEST)}`;

/** Answers for its own blocks at once, has none, and looks for them in its network without end. */
const searching = async (context: TestContext) => {
	const asked: string[] = [];
	const url = await serve(context, (request, response) => {
		request.resume();
		const { pathname, searchParams } = new URL(request.url ?? "/", "http://node.invalid");
		asked.push(`${pathname.replace("/api/v0/block/", "")} ${searchParams.get("offline") ?? "online"}`);
		if (searchParams.get("offline") !== "true") return;
		response.writeHead(500, { "Content-Type": "application/json" }).end(JSON.stringify({ Message: NOT_LOCAL }));
	});
	return { url, asked };
};

test("a node that looks for a block without end is no proof that the block is gone", async (context) => {
	const { url, asked } = await searching(context);
	const store = kuboStore(url, { timeout: 100 });
	await rejectsWithCode(store.get(DIGEST), "IPFS_TIMEOUT");
	assert.deepEqual(asked, ["get true", "get online"]);
	assert.equal(await store.has(DIGEST), false);
	const gaveUp = await serve(context, (_, response) =>
		response.writeHead(500, { "Content-Type": "application/json" }).end('{"Message":"context deadline exceeded"}'),
	);
	await rejectsWithCode(kuboStore(gaveUp).get(DIGEST), "IPFS_TIMEOUT");
});

test("one's own node is asked for its own blocks only, whoever asks for which CID", async (context) => {
	const { url, asked } = await searching(context);
	const { own, store } = await openStores(`kubo+${url.href}`, []);
	await rejectsWithCode(own.get(DIGEST), "BLOCK_MISSING");
	await rejectsWithCode(store.get(ABSENT), "BLOCK_MISSING");
	const gateway = await startGateway({ store: own });
	context.after(gateway.close);
	assert.equal((await fetch(`${gateway.url}/ipfs/${cidOf(ABSENT)}?format=raw`)).status, 404);
	assert.deepEqual(asked, ["get true", "get true", "get true"]);
});

test("a node that does not answer at all is unreachable", async (context) => {
	const silent = await serve(context, (request) => void request.resume());
	const store = kuboStore(silent, { timeout: 50 });
	await rejectsWithCode(store.get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(store.has(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(store.put(BYTES), "IPFS_UNREACHABLE");
	const patient = kuboStore(silent);
	await rejectsWithCode(patient.get(DIGEST, { signal: AbortSignal.timeout(20) }), "ABORTED");
	await rejectsWithCode(patient.put(BYTES, { signal: AbortSignal.abort() }), "ABORTED");
});

test("Kubo's own words for a missing block, a refusal, and nobody there", async (context) => {
	const answering = async (status: number, body: string, type = "application/json") =>
		kuboStore(await serve(context, (_, response) => response.writeHead(status, { "Content-Type": type }).end(body)));
	const offline = await answering(500, JSON.stringify({ Message: NOT_LOCAL, Code: 0, Type: "error" }));
	await rejectsWithCode(offline.get(DIGEST), "BLOCK_MISSING");
	assert.equal(await offline.has(DIGEST), false);
	const refused = await rejectsWithCode(
		(await answering(403, "403 - Forbidden", "text/plain")).get(DIGEST),
		"IPFS_REFUSED",
	);
	const lock = JSON.stringify({ Message: "lock /root/.ipfs/repo.lock: no such file or directory" });
	const broken = await rejectsWithCode((await answering(500, lock)).get(DIGEST), "IPFS_UNREACHABLE");
	assert.match(refused.nextStep, /API\.Authorizations/);
	assert.match(broken.nextStep, /own log/);
	assert.doesNotMatch(`${broken.message} ${broken.nextStep} ${String(broken.cause)}`, /root/, "none of its words");
	await rejectsWithCode((await answering(404, "404 page not found", "text/plain")).get(DIGEST), "IPFS_REFUSED");
	await rejectsWithCode((await answering(200, "no json")).put(BYTES), "IPFS_REFUSED");
	await rejectsWithCode((await answering(200, "no json")).has(DIGEST), "IPFS_REFUSED");
	await rejectsWithCode((await answering(200, "<html>Log in</html>", "text/html")).get(DIGEST), "IPFS_REFUSED");
	const nobody = kuboStore(new URL("http://127.0.0.1:1"));
	await rejectsWithCode(nobody.get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(nobody.has(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(nobody.put(BYTES), "IPFS_UNREACHABLE");
});

test("an answer without end is cut off, whatever was asked", async (context) => {
	let sent = 0;
	const endless = (status: number) =>
		serve(context, (request, response) => {
			request.resume();
			response.writeHead(status, { "Content-Type": "text/plain" });
			const chunk = Buffer.alloc(65_536, "{");
			const more = (): void => {
				while (!response.destroyed && response.write(chunk)) sent += chunk.length;
			};
			response.on("drain", more);
			more();
		});
	const store = kuboStore(await endless(200));
	await rejectsWithCode(store.get(DIGEST), "BLOCK_TOO_LARGE");
	await rejectsWithCode(store.has(DIGEST), "IPFS_REFUSED");
	await rejectsWithCode(store.put(BYTES), "IPFS_REFUSED");
	await rejectsWithCode(kuboStore(await endless(500)).get(DIGEST), "IPFS_UNREACHABLE");
	assert.ok(sent < 64 * MAX_BLOCK_BYTES);
});

test("credentials go into a header and out of every message", async (context) => {
	const seen: (string | undefined)[] = [];
	const url = await serve(context, (request, response) => {
		seen.push(request.headers.authorization);
		assert.equal(new URL(request.url ?? "/", url).searchParams.get("token"), "hush");
		response.end(BYTES);
	});
	url.username = "me";
	url.password = "secret";
	url.search = "?token=hush";
	const store = kuboStore(url);
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.deepEqual(seen, [`Basic ${Buffer.from("me:secret").toString("base64")}`]);
	assert.doesNotMatch(store.description, /secret|hush/);
});
