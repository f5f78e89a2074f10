/** Where a keystore's passphrase comes from, and that it does not stay in the environment. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
	PASSPHRASE_FILE_VARIABLE as FILE,
	givenPassphrase,
	PASSPHRASE_CREDENTIAL,
	passphraseFrom,
	takeEnvironment,
	PASSPHRASE_VARIABLE as VALUE,
} from "../../../worker/adapters/passphrase.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

test("a passphrase comes from a file, a systemd credential or the environment", (context) => {
	const folder = temporaryFolder(context);
	const path = join(folder, "passphrase");
	for (const text of ["four words in it", "four words in it\n", "four words in it\r\n"]) {
		writeFileSync(path, text);
		assert.equal(passphraseFrom({ [FILE]: path }), "four words in it");
	}
	writeFileSync(join(folder, PASSPHRASE_CREDENTIAL), "a credential\n");
	assert.equal(passphraseFrom({ CREDENTIALS_DIRECTORY: folder }), "a credential");
	// What the operator says is stronger than what a unit file gives to all of its programs.
	assert.equal(passphraseFrom({ CREDENTIALS_DIRECTORY: folder, [FILE]: path }), "four words in it");
	assert.equal(passphraseFrom({ CREDENTIALS_DIRECTORY: folder, [VALUE]: "typed" }), "typed");
	assert.equal(passphraseFrom({ [VALUE]: "typed", [FILE]: "" }), "typed");
});

test("none, two, an empty and an unreadable one are refused with what to do", (context) => {
	const folder = temporaryFolder(context);
	const [empty, long, missing] = [join(folder, "empty"), join(folder, "long"), join(folder, "missing")];
	writeFileSync(empty, "\n");
	writeFileSync(long, "x".repeat(5_000));
	for (const environment of [
		{},
		{ CREDENTIALS_DIRECTORY: folder },
		{ [VALUE]: "typed", [FILE]: empty },
		{ [FILE]: empty },
		{ [FILE]: long },
		{ [FILE]: missing },
		{ [FILE]: folder },
	]) {
		const { message, nextStep } = throwsWithCode(() => passphraseFrom(environment), "KEYSTORE_PASSPHRASE");
		assert.ok(!message.includes("typed") && !message.includes("xxxx") && nextStep !== "");
	}
	// A credential that can't be read is not passed over for another one.
	mkdirSync(join(folder, PASSPHRASE_CREDENTIAL));
	throwsWithCode(() => givenPassphrase({ CREDENTIALS_DIRECTORY: folder }), "KEYSTORE_PASSPHRASE");
});

test("once taken, the passphrase is not in the environment that threads and children get", () => {
	const environment: Record<string, string | undefined> = { [VALUE]: "typed", OTHER: "stays" };
	const taken = takeEnvironment(environment);
	assert.equal(passphraseFrom(taken), "typed");
	assert.deepEqual(environment, { OTHER: "stays" });
});
