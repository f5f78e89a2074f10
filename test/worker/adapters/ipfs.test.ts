import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type BlockStore, MAX_BLOCK_BYTES, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf, digestOf, isDigest } from "../../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { firstOf } from "../../../worker/adapters/ipfs/firstOf.ts";
import { startGateway } from "../../../worker/adapters/ipfs/gatewayServer.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { openBlockStore } from "../../../worker/adapters/ipfs/openBlockStore.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const BYTES = new TextEncoder().encode("hello");
const DIGEST = sha256Digest(BYTES);
/** `ipfs add --raw-leaves --cid-version 1` of the text "hello" */
const CID_OF_HELLO = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";
const ABSENT = sha256Digest(new TextEncoder().encode("absent"));

const gatewayOver = async (context: TestContext) => {
	const folder = temporaryFolder(context);
	const store = diskStore(folder);
	const gateway = await startGateway({ store });
	context.after(gateway.close);
	return { folder, store, gateway, client: gatewayStore(new URL(gateway.url)) };
};

const fileOf = (folder: string, digest: string): string => join(folder, digest.slice(2, 4), digest.slice(2));

test("digests and CIDs are the same thing", () => {
	assert.equal(cidOf(DIGEST), CID_OF_HELLO);
	assert.equal(digestOf(CID_OF_HELLO), DIGEST);
	assert.ok(isDigest(DIGEST) && !isDigest(DIGEST.toUpperCase()) && !isDigest("0x12"));
	assert.throws(() => cidOf("0x12"), RangeError);
	for (const text of [
		"",
		"hello",
		"../../etc/passwd",
		"QmQULBtTjNcMwMr4VMNknnVv3RpytrLSdgpvMcTnfNhrBJ", // version 0
		"bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", // dag-pb
		"bafkqaaa", // identity
		`${CID_OF_HELLO}a`,
	]) {
		throwsWithCode(() => digestOf(text), "CONFIG_INVALID");
	}
});

test("disk: a block is one whole file under its digest, and putting it again is fine", async (context) => {
	const folder = join(temporaryFolder(context), "blocks");
	const store = diskStore(folder);
	assert.equal(await store.has(DIGEST), false);
	assert.equal(await store.put(BYTES), DIGEST);
	assert.equal(await store.put(BYTES), DIGEST);
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.equal(await store.has(DIGEST), true);
	assert.deepEqual(readdirSync(join(folder, DIGEST.slice(2, 4))), [DIGEST.slice(2)]);
	const empty = await store.put(new Uint8Array());
	assert.deepEqual(await store.get(empty), new Uint8Array());
});

test("disk: missing, damaged, oversized, unusable and cancelled", async (context) => {
	const folder = temporaryFolder(context);
	const store = diskStore(folder);
	await rejectsWithCode(store.get(ABSENT), "BLOCK_MISSING");
	await store.put(BYTES);
	writeFileSync(fileOf(folder, DIGEST), "hellO");
	await rejectsWithCode(store.get(DIGEST), "BLOCK_MISMATCH");
	assert.equal(await store.put(BYTES), DIGEST);
	assert.deepEqual(await store.get(DIGEST), BYTES, "putting a damaged block again repairs it");
	writeFileSync(fileOf(folder, DIGEST), new Uint8Array(MAX_BLOCK_BYTES + 1));
	await rejectsWithCode(store.get(DIGEST), "BLOCK_TOO_LARGE");
	await rejectsWithCode(store.put(new Uint8Array(MAX_BLOCK_BYTES + 1)), "BLOCK_TOO_LARGE");
	const signal = AbortSignal.abort();
	await rejectsWithCode(store.put(BYTES, { signal }), "ABORTED");
	await rejectsWithCode(store.get(DIGEST, { signal }), "ABORTED");
	writeFileSync(join(folder, "file"), "");
	const onFile = diskStore(join(folder, "file"));
	await rejectsWithCode(onFile.put(BYTES), "IPFS_UNREACHABLE");
	await rejectsWithCode(onFile.get(DIGEST), "IPFS_UNREACHABLE");
	await assert.rejects(store.get("0x../../../../etc/passwd"), RangeError);
	// The superuser may write anywhere, so permissions can only be tried as somebody else.
	if (process.getuid?.() !== 0) {
		chmodSync(folder, 0o500);
		await rejectsWithCode(store.put(new Uint8Array([1])), "IPFS_UNREACHABLE");
		chmodSync(folder, 0o700);
	}
	const left = readdirSync(folder, { recursive: true }).map(String);
	assert.ok(!left.some((name) => name.includes(".partial")));
});

test("gateway: what is put on disk comes back over HTTP", async (context) => {
	const { store, client } = await gatewayOver(context);
	await store.put(BYTES);
	assert.equal(await client.has(DIGEST), true);
	assert.equal(await client.has(ABSENT), false);
	assert.deepEqual(await client.get(DIGEST), BYTES);
	await rejectsWithCode(client.get(ABSENT), "BLOCK_MISSING");
	await rejectsWithCode(client.put(BYTES), "CONFIG_INVALID");
	const largest = await store.put(new Uint8Array(MAX_BLOCK_BYTES).fill(1));
	assert.equal((await client.get(largest)).length, MAX_BLOCK_BYTES);
});

test("gateway server: the specification's headers for GET and HEAD", async (context) => {
	const { store, gateway } = await gatewayOver(context);
	await store.put(BYTES);
	for (const method of ["GET", "HEAD"]) {
		const response = await fetch(`${gateway.url}/ipfs/${CID_OF_HELLO}?format=raw`, { method });
		assert.equal(response.status, 200);
		const header = (name: string): string | null => response.headers.get(name);
		assert.equal(header("content-type"), "application/vnd.ipld.raw");
		assert.equal(header("etag"), `"${CID_OF_HELLO}.raw"`);
		assert.equal(header("cache-control"), "public, max-age=29030400, immutable");
		assert.equal(header("x-content-type-options"), "nosniff");
		assert.equal(header("access-control-allow-origin"), "*");
		assert.equal(header("content-length"), "5");
		assert.equal(header("content-disposition"), `attachment; filename="${CID_OF_HELLO}.bin"`);
		assert.equal(header("x-ipfs-roots"), CID_OF_HELLO);
		assert.equal(await response.text(), method === "GET" ? "hello" : "");
	}
	const accept = { Accept: "text/html, application/vnd.ipld.raw;q=0.9" };
	assert.equal((await fetch(`${gateway.url}/ipfs/${CID_OF_HELLO}`, { headers: accept })).status, 200);
	const same = { "If-None-Match": `"${CID_OF_HELLO}.raw"` };
	assert.equal((await fetch(`${gateway.url}/ipfs/${CID_OF_HELLO}?format=raw`, { headers: same })).status, 304);
	const probe = await fetch(`${gateway.url}/ipfs/bafkqaaa?format=raw`);
	assert.equal(probe.status, 200);
	assert.equal(await probe.text(), "");
});

test("gateway server: what it refuses", async (context) => {
	const { folder, store, gateway } = await gatewayOver(context);
	await store.put(BYTES);
	const status = async (path: string, options: RequestInit = {}): Promise<number> => {
		const response = await fetch(gateway.url + path, options);
		const text = await response.text();
		assert.ok(!text.includes(folder), "no path of the machine in an answer");
		return response.status;
	};
	const absent = `/ipfs/${cidOf(ABSENT)}?format=raw`;
	assert.equal(await status(absent), 404);
	assert.equal(await status(absent, { headers: { "Cache-Control": "only-if-cached" }, cache: "no-store" }), 412);
	assert.equal(await status("/ipfs/nonsense?format=raw"), 400);
	assert.equal(await status("/ipfs/QmQULBtTjNcMwMr4VMNknnVv3RpytrLSdgpvMcTnfNhrBJ?format=raw"), 400);
	assert.equal(await status(`/ipfs/${CID_OF_HELLO}`), 400, "neither format nor Accept");
	assert.equal(await status(`/ipfs/${CID_OF_HELLO}?format=car`), 400);
	assert.equal(await status(`/ipfs/${CID_OF_HELLO}/index.html?format=raw`), 400, "no path below a raw block");
	assert.equal(await status("/ipfs/%2e%2e%2f%2e%2e%2fetc%2fpasswd?format=raw"), 400);
	assert.equal(await status("/"), 404);
	assert.equal(await status(absent, { method: "POST", body: "x" }), 405);
	assert.equal(await status(absent, { method: "OPTIONS" }), 204);
	writeFileSync(fileOf(folder, DIGEST), "forged");
	assert.equal(await status(`/ipfs/${CID_OF_HELLO}?format=raw`), 500, "a damaged block is not passed on");
	await rejectsWithCode(startGateway({ store, port: Number(new URL(gateway.url).port) }), "CONFIG_INVALID");
});

test("gateway client: a gateway that returns other bytes is caught", async (context) => {
	for (const body of ["hellO", "hell", "hello ", ""]) {
		const url = await serve(context, (_, response) => response.end(body));
		await rejectsWithCode(gatewayStore(url).get(DIGEST), "BLOCK_MISMATCH");
	}
});

test("gateway client: an endless or oversized answer is cut off", async (context) => {
	let sent = 0;
	const endless = await serve(context, (_, response) => {
		const chunk = Buffer.alloc(65_536);
		const more = (): void => {
			while (!response.destroyed && response.write(chunk)) sent += chunk.length;
		};
		response.on("drain", more);
		more();
	});
	await rejectsWithCode(gatewayStore(endless).get(DIGEST), "BLOCK_TOO_LARGE");
	assert.ok(sent < 64 * MAX_BLOCK_BYTES);
});

test("gateway client: failures of the network have one code and keep their cause", async (context) => {
	const closed = await serve(context, (_, response) => response.destroy());
	await rejectsWithCode(gatewayStore(closed).get(DIGEST), "IPFS_UNREACHABLE");
	const cut = await serve(context, (_, response) => {
		response.writeHead(200, { "Content-Length": 5 });
		response.write("he", () => response.socket?.end());
	});
	await rejectsWithCode(gatewayStore(cut).get(DIGEST), "IPFS_UNREACHABLE");
	const refused = gatewayStore(new URL("http://127.0.0.1:1"));
	const error = await rejectsWithCode(refused.get(DIGEST), "IPFS_UNREACHABLE");
	assert.ok(error.cause !== undefined);
	await rejectsWithCode(refused.has(DIGEST), "IPFS_UNREACHABLE");
	for (const [status, code] of [
		[500, "IPFS_UNREACHABLE"],
		[502, "IPFS_UNREACHABLE"],
		[503, "IPFS_UNREACHABLE"],
		[429, "IPFS_UNREACHABLE"],
		[504, "IPFS_TIMEOUT"],
		[206, "IPFS_REFUSED"],
		[400, "IPFS_REFUSED"],
		[401, "IPFS_REFUSED"],
		[403, "IPFS_REFUSED"],
		[404, "BLOCK_MISSING"],
		[410, "BLOCK_MISSING"],
	] as const) {
		const url = await serve(context, (_, response) => response.writeHead(status).end());
		await rejectsWithCode(gatewayStore(url).get(DIGEST), code);
	}
});

test("gateway client: a silent gateway times out, before or within its answer, and a cancelled request says so", async (context) => {
	const silent = await serve(context, () => undefined);
	await rejectsWithCode(gatewayStore(silent, { timeout: 50 }).get(DIGEST), "IPFS_UNREACHABLE");
	const stalled = await serve(context, (_, response) => void response.write("he"));
	await rejectsWithCode(gatewayStore(stalled, { timeout: 50 }).get(DIGEST), "IPFS_UNREACHABLE");
	await rejectsWithCode(gatewayStore(silent).get(DIGEST, { signal: AbortSignal.timeout(20) }), "ABORTED");
	await rejectsWithCode(gatewayStore(silent).has(DIGEST, { signal: AbortSignal.abort() }), "ABORTED");
});

test("gateway client: redirects stay on the gateway's origin, credentials go into a header", async (context) => {
	const { store, gateway } = await gatewayOver(context);
	await store.put(BYTES);
	const elsewhere = await serve(context, (request, response) =>
		response.writeHead(302, { Location: gateway.url + request.url }).end(),
	);
	await rejectsWithCode(gatewayStore(elsewhere).get(DIGEST), "IPFS_REFUSED");
	const circle = await serve(context, (request, response) => response.writeHead(301, { Location: request.url }).end());
	await rejectsWithCode(gatewayStore(circle).get(DIGEST), "IPFS_REFUSED");
	const seen: (string | undefined)[] = [];
	const same = await serve(context, (request, response) => {
		seen.push(request.headers.authorization);
		if (request.url?.startsWith("/base/ipfs/") === true) response.writeHead(307, { Location: "/other" }).end();
		else response.end(BYTES);
	});
	const withPassword = gatewayStore(new URL(`http://me:s%3Acret@${same.host}/base`));
	assert.deepEqual(await withPassword.get(DIGEST), BYTES);
	assert.deepEqual(seen, Array(2).fill(`Basic ${Buffer.from("me:s:cret").toString("base64")}`));
	assert.doesNotMatch(withPassword.description, /cret/);
});

test("several stores: the first honest one answers; when none does, a store that could not be asked names the code", async (context) => {
	const good = diskStore(temporaryFolder(context));
	await good.put(BYTES);
	const empty = diskStore(temporaryFolder(context));
	const down = gatewayStore(new URL("http://127.0.0.1:1"));
	const liar = gatewayStore(await serve(context, (_, response) => response.end("no")));
	assert.deepEqual(await firstOf([empty, down, liar, good]).get(DIGEST), BYTES);
	assert.equal(await firstOf([empty, down, good]).has(DIGEST), true);
	assert.equal(await firstOf([empty, good]).has(ABSENT), false);
	await rejectsWithCode(firstOf([empty, down]).has(ABSENT), "IPFS_UNREACHABLE");
	await rejectsWithCode(firstOf([empty, empty]).get(ABSENT), "BLOCK_MISSING");
	await rejectsWithCode(firstOf([empty, down]).get(ABSENT), "IPFS_UNREACHABLE");
	await rejectsWithCode(firstOf([empty, liar]).get(ABSENT), "BLOCK_MISMATCH");
	const error = await rejectsWithCode(firstOf([down, liar, empty]).get(ABSENT), "IPFS_UNREACHABLE");
	for (const { description } of [down, liar, empty]) assert.ok(error.message.includes(description));
	await rejectsWithCode(firstOf([empty, good]).get(DIGEST, { signal: AbortSignal.abort() }), "ABORTED");
	const both = firstOf([empty, good]);
	await both.put(new Uint8Array([1]));
	assert.equal(await empty.has(sha256Digest(new Uint8Array([1]))), true);
	const broken: BlockStore = { ...empty, get: () => Promise.reject(new TypeError("a bug")) };
	await assert.rejects(firstOf([broken, good]).get(DIGEST), TypeError, "a bug is not hidden by the next store");
	assert.throws(() => firstOf([]), RangeError);
});

test("one configuration value opens the right store", async (context) => {
	const folder = temporaryFolder(context);
	assert.match((await openBlockStore(folder)).description, /^block folder/);
	assert.match((await openBlockStore("https://gateway.example")).description, /^gateway https:/);
	assert.match((await openBlockStore("kubo+http://127.0.0.1:5001")).description, /^Kubo node http:/);
	await rejectsWithCode(openBlockStore(join(folder, "absent")), "IPFS_UNREACHABLE");
	const made = await openBlockStore(join(folder, "absent"), { create: true });
	await made.put(BYTES);
	assert.ok(existsSync(join(folder, "absent")));
	mkdirSync(join(folder, "x"));
	writeFileSync(join(folder, "x", "file"), "");
	await rejectsWithCode(openBlockStore(join(folder, "x", "file"), { create: true }), "IPFS_UNREACHABLE");
	await rejectsWithCode(openBlockStore("ipfs://bafkreib"), "CONFIG_INVALID");
	await rejectsWithCode(openBlockStore(" "), "CONFIG_INVALID");
	const error = await rejectsWithCode(openBlockStore("http://me:secret@:80"), "CONFIG_INVALID");
	assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /secret/);
});
