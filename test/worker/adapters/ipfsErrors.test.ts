/** Gateways on a bad day: nothing that passes, or that is no answer about the block, reads as a missing or a forged block; and no answer's words are repeated. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { type BlockStore, MAX_BLOCK_BYTES, sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { splitCredentials } from "../../../worker/adapters/ipfs/credentials.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { AnswerStatus, readBounded } from "../../../worker/adapters/ipfs/httpAnswer.ts";
import { withPatience } from "../../../worker/adapters/ipfs/withPatience.ts";
import { withRetries } from "../../../worker/adapters/ipfs/withRetries.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";

const BYTES = new TextEncoder().encode("hello");
const DIGEST = sha256Digest(BYTES);
const CID = cidOf(DIGEST);

/** Answers the requests one after the other, the last answer ever again; `waits` are the pauses between them. */
const gatewayWith = async (context: TestContext, ...answers: readonly ((response: ServerResponse) => void)[]) => {
	let requests = 0;
	const waits: number[] = [];
	const url = await serve(context, (_, response) => {
		answers[Math.min(requests++, answers.length - 1)]?.(response);
	});
	const gateway = gatewayStore(url, { timeout: 5_000 });
	const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
	return { url, gateway, store: withRetries(gateway, { wait }), requests: () => requests, waits };
};
const status =
	(code: number, headers: Record<string, string> = {}) =>
	(response: ServerResponse): void =>
		void response.writeHead(code, headers).end();
const block = (response: ServerResponse): void => void response.end(BYTES);
const page = (response: ServerResponse): void =>
	void response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end("<html>Log in</html>");

test("what may pass is asked for again, after the time that the server names", async (context) => {
	for (const code of [408, 429, 500, 502, 503, 504]) {
		const { store, requests, waits } = await gatewayWith(context, status(code), status(code), block);
		assert.deepEqual(await store.get(DIGEST), BYTES);
		assert.equal(requests(), 3);
		assert.deepEqual(waits, [500, 1_000]);
	}
	const broken = await gatewayWith(context, (response) => response.destroy(), block);
	assert.deepEqual(await broken.store.get(DIGEST), BYTES);
	const polite = await gatewayWith(context, status(429, { "Retry-After": "7" }), block);
	assert.equal(await polite.store.has(DIGEST), true);
	assert.deepEqual(polite.waits, [7_000]);
});

test("retries are bounded, and then the code says that nothing was found out", async (context) => {
	const down = await gatewayWith(context, status(502));
	await rejectsWithCode(down.store.get(DIGEST), "IPFS_UNREACHABLE");
	assert.equal(down.requests(), 4);
	const slow = await gatewayWith(context, status(504));
	await rejectsWithCode(slow.store.get(DIGEST), "IPFS_TIMEOUT");
	assert.equal(slow.requests(), 4);
	// A longer time than we wait is not cut short: then it is not asked again.
	const busy = await gatewayWith(context, status(429, { "Retry-After": "3600" }));
	await rejectsWithCode(busy.store.get(DIGEST), "IPFS_UNREACHABLE");
	assert.equal(busy.requests(), 1);
	const stopped = new AbortController();
	const cancelled = withRetries(down.gateway, { wait: async () => stopped.abort() });
	await rejectsWithCode(cancelled.get(DIGEST, { signal: stopped.signal }), "ABORTED");
	assert.equal(down.requests(), 5);
});

test("what no time changes is asked for once", async (context) => {
	for (const [answer, code] of [
		[status(403), "IPFS_REFUSED"],
		[status(404), "BLOCK_MISSING"],
		[(response: ServerResponse) => void response.end("other"), "BLOCK_MISMATCH"],
	] as const) {
		const { store, requests } = await gatewayWith(context, answer);
		await rejectsWithCode(store.get(DIGEST), code);
		assert.equal(requests(), 1);
	}
});

test("a page for logging in, or an error in JSON, is no forged block, and a page that says 404 no missing one", async (context) => {
	const login = await gatewayWith(context, page);
	await rejectsWithCode(login.gateway.get(DIGEST), "IPFS_REFUSED");
	await rejectsWithCode(login.gateway.has(DIGEST), "IPFS_REFUSED");
	const json = await gatewayWith(context, (response) =>
		response.writeHead(200, { "Content-Type": "application/json" }).end('{"error":"unauthorized"}'),
	);
	await rejectsWithCode(json.gateway.get(DIGEST), "IPFS_REFUSED");
	const long = await gatewayWith(context, (response) =>
		response.writeHead(200, { "Content-Type": "text/html" }).end(Buffer.alloc(MAX_BLOCK_BYTES + 1)),
	);
	await rejectsWithCode(long.gateway.get(DIGEST), "IPFS_REFUSED");
	const lost = await gatewayWith(context, status(404, { "Content-Type": "text/html" }));
	await rejectsWithCode(lost.gateway.get(DIGEST), "IPFS_REFUSED");
	// The right bytes are the right bytes, whatever they are called.
	const named = await gatewayWith(context, (response) =>
		response.writeHead(200, { "Content-Type": "text/html" }).end(BYTES),
	);
	assert.deepEqual(await named.gateway.get(DIGEST), BYTES);
	const forged = await gatewayWith(context, (response) =>
		response.writeHead(200, { "Content-Type": "application/vnd.ipld.raw" }).end("other"),
	);
	await rejectsWithCode(forged.gateway.get(DIGEST), "BLOCK_MISMATCH");
});

/** As names would resolve: every host is this server. */
const resolvedTo =
	({ host }: URL, asked: string[]): typeof fetch =>
	(input, init) => {
		const target = new URL(String(input));
		asked.push(target.href);
		target.host = host;
		return fetch(target, init);
	};

test("a subdomain gateway's redirect to CID.ipfs.HOST is followed, with the credentials; one to anywhere else is explained", async (context) => {
	const asked: string[] = [];
	const headers: (string | undefined)[] = [];
	let location = (path: string): string => path;
	const url = await serve(context, (request, response) => {
		headers.push(request.headers.authorization);
		if (request.url?.startsWith("/ipfs/") !== true) return void response.end(BYTES);
		response.writeHead(301, { Location: location(request.url) }).end();
	});
	const store = gatewayStore(new URL("http://me:hush@gateway.example:8080/?token=key"), {
		fetch: resolvedTo(url, asked),
	});
	location = () => `http://${CID}.ipfs.gateway.example:8080/?format=raw`;
	assert.deepEqual(await store.get(DIGEST), BYTES);
	assert.deepEqual(asked, [
		`http://gateway.example:8080/ipfs/${CID}?format=raw&token=key`,
		`http://${CID}.ipfs.gateway.example:8080/?format=raw&token=key`,
	]);
	assert.equal(new Set(headers).size, 1);
	for (const elsewhere of [
		`http://${cidOf(sha256Digest(new Uint8Array()))}.ipfs.gateway.example:8080/`,
		`http://${CID}.ipfs.gateway.example.evil.example:8080/`,
		`http://${CID}.ipfs.gateway.example/`,
		`https://${CID}.ipfs.gateway.example:8080/`,
		"http://169.254.169.254/",
		"http://login.example/?back=key",
	]) {
		asked.length = 0;
		location = () => elsewhere;
		const error = await rejectsWithCode(store.get(DIGEST), "IPFS_REFUSED");
		assert.match(error.message, /redirects to http/);
		assert.equal(asked.length, 1, "nothing is asked there");
	}
});

test("a browser that may not see a redirect explains it", async () => {
	const opaque = { type: "opaqueredirect", status: 0, headers: new Headers(), body: null } as unknown as Response;
	const store = gatewayStore(new URL("https://gateway.example"), { fetch: async () => opaque });
	assert.match((await rejectsWithCode(store.get(DIGEST), "IPFS_REFUSED")).nextStep, /path gateway/);
});

const everythingSaid = (error: Error): string => inspect(error, { depth: 9 }) + JSON.stringify(error);

test("no part of a configured URL but its host comes into a message, whatever the gateway answers", async (context) => {
	const SECRETS = ["sesame", "pass%20word", "pass word", "tok-123", "key-in-path"];
	const words = SECRETS.join(".").replace(/ /g, "+");
	const answers: ((response: ServerResponse, asked: string) => void)[] = [
		...[200, 400, 401, 403, 404, 429, 500, 502, 504].map(
			(code) => (response: ServerResponse) =>
				void response.writeHead(code, { "Content-Type": "text/html", "X-Said": words }).end(words),
		),
		(response, asked) => void response.writeHead(302, { Location: `http://elsewhere.example${asked}` }).end(),
		(response) => void response.writeHead(302, { Location: "http://tok-123.elsewhere.example/" }).end(),
		(response) => void response.writeHead(302, { Location: "http://me.pass%20word.example/" }).end(),
		(response, asked) => void response.socket?.end(`HTTP/1.1 200 OK\r\nX-Said: ${asked}\u0001\r\n\r\n`),
		(response, asked) => void response.socket?.end(`${asked} is no HTTP\r\n\r\n`),
		(response) => void response.destroy(),
	];
	for (const answer of answers) {
		const url = await serve(context, (request, response) => answer(response, request.url ?? ""));
		url.username = "sesame";
		url.password = "pass word";
		url.pathname = "/key-in-path/";
		url.search = "?auth=tok-123";
		const store = gatewayStore(url);
		assert.ok(store.description.endsWith(url.host));
		for (const run of [store.get(DIGEST), store.has(DIGEST)]) {
			const error = await run.then(
				() => assert.fail("nothing of this is a block"),
				(failure: unknown) => failure as Error,
			);
			for (const secret of SECRETS) assert.ok(!everythingSaid(error).includes(secret), everythingSaid(error));
		}
	}
	const { repeats } = splitCredentials(new URL("https://host.example/a%62c?x=TOKEN"));
	assert.ok(repeats("https://ToKeN.example") && repeats("https://abc.example") && repeats("%61bc"));
	assert.ok(!repeats("https://login.host.org"));
	throwsWithCode(() => splitCredentials(new URL("https://u%zz:p@host.example")), "CONFIG_INVALID");
});

test("a peer is left alone for as long as it asks for, and one that only searched in vain is not", async () => {
	let time = 0;
	let fail: () => Promise<never> = () => assert.fail("not yet");
	let asked = 0;
	const answers = (code: number, retryAfter: string) => () => {
		const gateway = gatewayStore(new URL("http://gateway.example"), {
			fetch: async () => new Response(null, { status: code, headers: { "Retry-After": retryAfter } }),
		});
		return gateway.get(DIGEST) as Promise<never>;
	};
	const inner: BlockStore = {
		...gatewayStore(new URL("http://a.example")),
		get: () => {
			asked++;
			return fail();
		},
	};
	const patient = withPatience(inner, { firstPause: 1_000, longestPause: 4_000, now: () => time });
	fail = answers(504, "9");
	for (let repeat = 0; repeat < 3; repeat++) await rejectsWithCode(patient.get(DIGEST), "IPFS_TIMEOUT");
	assert.equal(asked, 3);
	fail = answers(429, "90");
	await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
	time = 89_999;
	await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
	assert.equal(asked, 4);
	time = 90_000;
	await rejectsWithCode(patient.get(DIGEST), "IPFS_UNREACHABLE");
	assert.equal(asked, 5);
});

test("Retry-After: seconds, a date, or nothing that counts", () => {
	const at = Date.parse("2030-01-01T00:00:00Z");
	const read = (text: string) => {
		const headers = new Headers({ "Retry-After": text });
		return new AnswerStatus({ status: 429, headers }, at).retryAfter;
	};
	assert.equal(read("120"), 120_000);
	assert.equal(read("Tue, 01 Jan 2030 00:00:05 GMT"), 5_000);
	assert.equal(read("Mon, 31 Dec 2029 00:00:00 GMT"), 0);
	for (const nothing of ["", "soon", "-1", "1e9", "99999999999"]) assert.equal(read(nothing), undefined);
});

test("however small the pieces of an answer are, twice the limit is all that is kept of it", async () => {
	const pieces = (count: number, size: number): Response => {
		let left = count;
		const source = {
			pull: (to: ReadableStreamDefaultController) =>
				left-- > 0 ? to.enqueue(new Uint8Array(size).fill(7)) : to.close(),
		};
		return new Response(new ReadableStream(source));
	};
	const limit = 200_000;
	assert.deepEqual(await readBounded(pieces(limit, 1), limit), new Uint8Array(limit).fill(7));
	assert.equal(await readBounded(pieces(limit + 1, 1), limit), "too large");
	assert.deepEqual(await readBounded(new Response(null), limit), new Uint8Array());
	const announced = new Response("x", { headers: { "Content-Length": String(limit + 1) } });
	assert.equal(await readBounded(announced, limit), "too large");
});
