import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isTaken, systemErrorCode, writeFileAtomic } from "../../../worker/adapters/atomicFile.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => assert.fail("nothing failed"),
		(error: unknown) => error,
	);

test("a file is its owner's alone, in folders that are too, and nothing else is left", async (context) => {
	const folder = join(temporaryFolder(context), "a", "b");
	const path = join(folder, "note.json");
	await writeFileAtomic(path, "first");
	await writeFileAtomic(path, new Uint8Array([0x32]));
	assert.equal(readFileSync(path, "utf8"), "2");
	assert.equal(statSync(path).mode & 0o777, 0o600);
	assert.equal(statSync(folder).mode & 0o777, 0o700);
	assert.equal(statSync(join(folder, "..")).mode & 0o777, 0o700);
	assert.deepEqual(readdirSync(folder), ["note.json"]);
	const open = join(folder, "open", "block");
	await writeFileAtomic(open, "for all", { mode: 0o644, folderMode: 0o755 });
	assert.deepEqual([statSync(open).mode & 0o777, statSync(join(folder, "open")).mode & 0o777], [0o644, 0o755]);
});

test("an exclusive write takes a free name only, whoever else wants it", async (context) => {
	const folder = temporaryFolder(context);
	const path = join(folder, "claim");
	const outcomes = await Promise.allSettled(
		Array.from({ length: 8 }, (_, index) => writeFileAtomic(path, `claim ${index}`, { exclusive: true })),
	);
	const won = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
	assert.equal(won.length, 1);
	assert.ok(outcomes.every((outcome) => outcome.status === "fulfilled" || isTaken(outcome.reason)));
	assert.equal(readFileSync(path, "utf8"), `claim ${won[0]}`);
	assert.deepEqual(readdirSync(folder), ["claim"]);
});

test("a failed write leaves what was there, and no temporary file", async (context) => {
	const folder = temporaryFolder(context);
	mkdirSync(join(folder, "taken"));
	writeFileSync(join(folder, "file"), "no folder");
	for (const [path, code] of [
		[join(folder, "taken"), "EISDIR"],
		[join(folder, "file", "below"), "EEXIST"],
	] as const) {
		const error = await errorOf(writeFileAtomic(path, "text"));
		assert.equal(systemErrorCode(error), code);
		// The name of a folder being a file's is no sign of a second claim.
		assert.equal(isTaken(error), false);
	}
	assert.deepEqual(readdirSync(folder).sort(), ["file", "taken"]);
	assert.equal(systemErrorCode("no error object"), "unknown error");
});
