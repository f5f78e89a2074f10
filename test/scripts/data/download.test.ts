import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { download } from "../../../scripts/data/download.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) % 256));
const MD5 = createHash("md5").update(CONTENT).digest("hex");

const startOf = ({ headers }: IncomingMessage): number => Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);

/** Answers ranges as servers of files do. */
const sendFrom = (start: number, response: ServerResponse, end = CONTENT.length): void => {
	response.writeHead(start > 0 ? 206 : 200, {
		"Content-Length": CONTENT.length - start,
		...(start > 0 ? { "Content-Range": `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` } : {}),
	});
	if (end >= CONTENT.length) response.end(CONTENT.subarray(start));
	// The connection ends behind the bytes: they arrive, however slow the reader is.
	else response.write(CONTENT.subarray(start, end), () => response.socket?.end());
};

const fetchFrom = async (
	context: TestContext,
	listener: (request: IncomingMessage, response: ServerResponse) => void,
	options: Partial<Parameters<typeof download>[0]> = {},
) => {
	const url = await serve(context, listener);
	const folder = temporaryFolder(context);
	const path = join(folder, "set.npz");
	const run = () => download({ url: url.href, path, md5: MD5, mostBytes: 1_000_000, attempts: 2, ...options });
	return { run, path, folder };
};

test("a server that breaks off in the middle: the download goes on where it was", async (context) => {
	const starts: number[] = [];
	const { run, path, folder } = await fetchFrom(context, (request, response) => {
		const start = startOf(request);
		starts.push(start);
		sendFrom(start, response, starts.length < 3 ? start + 100_000 : CONTENT.length);
	});
	await run();
	assert.deepEqual(readFileSync(path), CONTENT);
	assert.deepEqual(readdirSync(folder), ["set.npz"]);
	assert.equal(starts[0], 0);
	assert.ok(starts.length === 3 && (starts[1] ?? 0) > 0 && (starts[2] ?? 0) > (starts[1] ?? 0), starts.join());
});

test("a command that was ended goes on at its next run; the file appears only when it is complete", async (context) => {
	let broken = true;
	const { run, path } = await fetchFrom(context, (request, response) => {
		const start = startOf(request);
		if (broken && start > 0) response.destroy();
		else sendFrom(start, response, broken ? 50_000 : CONTENT.length);
	});
	await rejectsWithCode(run(), "DOWNLOAD_FAILED");
	assert.ok(!existsSync(path));
	assert.equal(readFileSync(`${path}.partial`).length, 50_000);
	broken = false;
	assert.deepEqual(await run(), { resumedAt: 50_000 });
	assert.deepEqual(readFileSync(path), CONTENT);
});

test("a server without ranges sends everything again, and nothing is doubled", async (context) => {
	const { run, path } = await fetchFrom(context, (_, response) => sendFrom(0, response));
	writeFileSync(`${path}.partial`, CONTENT.subarray(0, 1000));
	await run();
	assert.deepEqual(readFileSync(path), CONTENT);
});

test("a part that is complete already is only checked", async (context) => {
	const { run, path } = await fetchFrom(context, (_, response) => response.writeHead(416).end());
	writeFileSync(`${path}.partial`, CONTENT);
	await run();
	assert.deepEqual(readFileSync(path), CONTENT);
});

test("another file is not kept: by its digest, or as soon as it is too large", async (context) => {
	const other = await fetchFrom(context, (_, response) => response.end("something else"));
	await rejectsWithCode(other.run(), "DOWNLOAD_MISMATCH");
	assert.deepEqual(readdirSync(other.folder), []);
	const large = await fetchFrom(context, (_, response) => sendFrom(0, response), { mostBytes: 200_000 });
	await rejectsWithCode(large.run(), "DOWNLOAD_MISMATCH");
	assert.deepEqual(readdirSync(large.folder), []);
});

test("no server, a file that is not there, and a server that falls silent", async (context) => {
	const missing = await fetchFrom(context, (_, response) => response.writeHead(404).end());
	const error = await rejectsWithCode(missing.run(), "DOWNLOAD_FAILED");
	assert.match(error.message, /404/);
	const silent = await fetchFrom(context, () => undefined, { silenceMilliseconds: 50, attempts: 1 });
	await rejectsWithCode(silent.run(), "DOWNLOAD_FAILED");
	const folder = temporaryFolder(context);
	const options = { url: "http://127.0.0.1:9/", path: join(folder, "x"), md5: MD5, mostBytes: 10, attempts: 1 };
	await rejectsWithCode(download(options), "DOWNLOAD_FAILED");
});
