import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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

/** Answers ranges as servers of files do. @param cut breaks off behind the byte `end`, once the reader has written so many to `partial` */
const sendFrom = (
	start: number,
	response: ServerResponse,
	cut?: { readonly end: number; readonly partial: string },
): void => {
	response.writeHead(start > 0 ? 206 : 200, {
		"Content-Length": CONTENT.length - start,
		...(start > 0 ? { "Content-Range": `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` } : {}),
	});
	if (cut === undefined) {
		response.end(CONTENT.subarray(start));
		return;
	}
	const { end, partial } = cut;
	response.write(CONTENT.subarray(start, end));
	const breakOff = (): void => {
		if (existsSync(partial) && statSync(partial).size >= end) response.destroy();
		else setTimeout(breakOff, 5);
	};
	breakOff();
};

const fetchFrom = async (
	context: TestContext,
	listener: (request: IncomingMessage, response: ServerResponse, partial: string) => void,
	options: Partial<Parameters<typeof download>[0]> = {},
) => {
	const folder = temporaryFolder(context);
	const path = join(folder, "set.npz");
	const url = await serve(context, (request, response) => listener(request, response, `${path}.partial`));
	const run = () => download({ url: url.href, path, md5: MD5, mostBytes: 1_000_000, attempts: 2, ...options });
	return { run, path, folder };
};

test("a server that breaks off in the middle: the download goes on where it was", async (context) => {
	const starts: number[] = [];
	const { run, path, folder } = await fetchFrom(context, (request, response, partial) => {
		const start = startOf(request);
		starts.push(start);
		sendFrom(start, response, starts.length < 3 ? { end: start + 100_000, partial } : undefined);
	});
	await run();
	assert.deepEqual(readFileSync(path), CONTENT);
	assert.deepEqual(readdirSync(folder), ["set.npz"]);
	assert.deepEqual(starts, [0, 100_000, 200_000]);
});

test("a command that was ended goes on at its next run; the file appears only when it is complete", async (context) => {
	let broken = true;
	const { run, path } = await fetchFrom(context, (request, response, partial) => {
		const start = startOf(request);
		if (broken && start > 0) response.destroy();
		else sendFrom(start, response, broken ? { end: 50_000, partial } : undefined);
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
