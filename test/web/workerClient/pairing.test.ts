/** Where a token may go, and what server-sent events are made of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readPairing, workerToken, workerUrl } from "../../../web/lib/worker/pairing.ts";
import { createEventParser, type ServerSentEvent } from "../../../web/lib/worker/serverSentEvents.ts";
import { fakeStorage } from "../../support/web/fakeChain.ts";

test("a worker is on this machine, or it is none", () => {
	assert.equal(workerUrl(" http://127.0.0.1:8645/ "), "http://127.0.0.1:8645");
	assert.equal(workerUrl("http://localhost:8645"), "http://localhost:8645");
	assert.equal(workerUrl("http://[::1]:8645"), "http://[::1]:8645");
	for (const url of [
		"",
		"127.0.0.1:8645",
		"https://127.0.0.1:8645",
		"http://192.168.0.2:8645",
		"http://127.0.0.1.evil.example:8645",
		"http://evil.example:8645",
		"http://user:secret@127.0.0.1:8645",
		"http://127.0.0.1:8645/v1",
		"http://127.0.0.1:8645/?token=abc",
		"http://127.0.0.1:8645/#abc",
		"ftp://127.0.0.1:8645",
	]) {
		assert.equal(workerUrl(url), undefined, url);
	}
});

test("a token is one word", () => {
	const token = "A9-_".repeat(10);
	assert.equal(workerToken(`  ${token}\n`), token);
	for (const text of ["", "short", `${token} ${token}`, `${token}é`, "x".repeat(257)])
		assert.equal(workerToken(text), undefined);
});

test("what the session keeps is checked when it is read", () => {
	const storage = fakeStorage();
	const token = "t".repeat(43);
	const key = "decentrahealth/worker/hospital";
	for (const value of [
		"{",
		"{}",
		JSON.stringify({ url: "http://evil.example:1", token }),
		JSON.stringify({ url: "http://127.0.0.1:1/", token }),
		JSON.stringify({ url: "http://127.0.0.1:1", token: "" }),
	]) {
		storage.setItem(key, value);
		assert.equal(readPairing(storage, "hospital"), undefined, value);
	}
	storage.setItem(key, JSON.stringify({ url: "http://127.0.0.1:1", token }));
	assert.deepEqual(readPairing(storage, "hospital"), { url: "http://127.0.0.1:1", token });
});

const parsed = (...pieces: readonly string[]): readonly ServerSentEvent[] => {
	const events: ServerSentEvent[] = [];
	const parse = createEventParser((event) => events.push(event));
	for (const piece of pieces) parse(piece);
	return events;
};

test("events are read whatever pieces they come in", () => {
	const text =
		'id: 1\nevent: jobs\ndata: {"a":1}\n\n: still here\n\nevent: job\r\ndata: one\r\ndata: two\r\n\r\ndata:plain\n\n';
	const expected = [
		{ event: "jobs", data: '{"a":1}' },
		{ event: "job", data: "one\ntwo" },
		{ event: "message", data: "plain" },
	];
	assert.deepEqual(parsed(text), expected);
	assert.deepEqual(parsed(...text), expected);
	for (let at = 1; at < text.length; at++)
		assert.deepEqual(parsed(text.slice(0, at), text.slice(at)), expected, `cut at ${at}`);
	assert.deepEqual(parsed("event: job\ndata: unfinished\n"), []);
	assert.deepEqual(parsed("event: job\n\n"), []);
});

test("an event without an end is not kept for ever", () => {
	const parse = createEventParser(() => undefined);
	assert.throws(() => {
		for (let piece = 0; piece < 100; piece++) parse("x".repeat(100_000));
	}, RangeError);
});
