import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { openJournal } from "../../../worker/node/journal.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const schema = z.strictObject({ amount: z.string(), list: z.array(z.number()) });
const NOTE = { amount: 12345678901234567890n, list: [1, 2] };
const READ = { amount: "12345678901234567890", list: [1, 2] };

test("notes come back, for their owner alone, whole or not at all", async (context) => {
	const folder = join(temporaryFolder(context), "journal");
	const journal = openJournal(folder);
	assert.equal(await journal.read("note", schema), undefined);
	assert.equal(await journal.readStrict("note", schema), undefined);
	await journal.write("note", NOTE);
	assert.deepEqual(await journal.read("note", schema), READ);
	await journal.write("note", { ...NOTE, list: [3] });
	assert.deepEqual(await openJournal(folder).readStrict("note", schema), { ...READ, list: [3] });
	assert.equal(statSync(join(folder, "note.json")).mode & 0o777, 0o600);
	assert.equal(statSync(folder).mode & 0o777, 0o700);
	assert.deepEqual(readdirSync(folder), ["note.json"]);
});

test("of several processes that claim a note, one does, and it is never overwritten", async (context) => {
	const folder = join(temporaryFolder(context), "journal");
	const claims = await Promise.all(
		Array.from({ length: 6 }, (_, index) => openJournal(folder).create("claim", { ...NOTE, list: [index] })),
	);
	assert.equal(claims.filter(Boolean).length, 1);
	assert.deepEqual(await openJournal(folder).readStrict("claim", schema), { ...READ, list: [claims.indexOf(true)] });
});

test("a damaged note is no note where it only saves work, and an error where a decision depends on it", async (context) => {
	const folder = temporaryFolder(context);
	const journal = openJournal(folder);
	await journal.write("note", NOTE);
	const whole = readFileSync(join(folder, "note.json"), "utf8");
	for (const damaged of ["", whole.slice(0, -4), "null", '{"amount": "1"}', `${whole}}`, "\u0000".repeat(40)]) {
		writeFileSync(join(folder, "note.json"), damaged);
		assert.equal(await journal.read("note", schema), undefined);
		await rejectsWithCode(journal.readStrict("note", schema), "JOURNAL_CORRUPT");
		assert.equal(await journal.create("note", NOTE), false);
		assert.equal(readFileSync(join(folder, "note.json"), "utf8"), damaged);
	}
	writeFileSync(join(folder, "transaction-send.json"), '"0x123"');
	await rejectsWithCode(journal.transactions.read("send"), "JOURNAL_CORRUPT");
	assert.deepEqual(await journal.transactions.list("se"), []);
	await journal.transactions.write("send", ["0x1234", "0x56"]);
	assert.deepEqual(await journal.transactions.read("send"), ["0x1234", "0x56"]);
	assert.deepEqual(await journal.transactions.list("se"), ["0x1234", "0x56"]);
	assert.deepEqual(await journal.transactions.list("other"), []);
});

test("a folder that can't be used is named, with what the system says", async (context) => {
	const folder = temporaryFolder(context);
	writeFileSync(join(folder, "file"), "");
	mkdirSync(join(folder, "journal", "note.json"), { recursive: true });
	for (const [journal, use] of [
		[openJournal(join(folder, "file")), "write"],
		[openJournal(join(folder, "journal")), "write"],
		[openJournal(join(folder, "journal")), "read"],
		[openJournal(join(folder, "file", "below")), "create"],
	] as const) {
		const using =
			use === "write"
				? journal.write("note", NOTE)
				: use === "read"
					? journal.read("note", schema)
					: journal.create("note", NOTE);
		const { message } = await rejectsWithCode(using, "JOURNAL_UNUSABLE");
		assert.match(message, /note\.json cannot be (?:written|read) \(E[A-Z]+\)/);
	}
	if (process.getuid?.() === 0) return;
	chmodSync(join(folder, "journal"), 0o500);
	await rejectsWithCode(openJournal(join(folder, "journal")).write("other", NOTE), "JOURNAL_UNUSABLE");
	chmodSync(join(folder, "journal"), 0o700);
});

test("a key is no path", async (context) => {
	const journal = openJournal(temporaryFolder(context));
	for (const key of ["../outside", "a/b", "", "Capital", "x".repeat(200)]) {
		await assert.rejects(async () => journal.write(key, NOTE), RangeError);
	}
});
