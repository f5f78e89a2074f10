import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { createKeystore, openKeystore, updateKeystore } from "../../../worker/adapters/keystore.ts";
import { passphraseFrom } from "../../../worker/adapters/passphrase.ts";
import { randomDataSeed, randomShareKey } from "../../../worker/adapters/secrets.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const PASSPHRASE = "correct horse battery staple";
const SECRETS = { shareKey: randomShareKey(), dataSeed: randomDataSeed() };
const NAME = "hospital-1";

test("secrets come back, the file shows none of them, and only its owner may read it", async (context) => {
	const path = join(temporaryFolder(context), "keys", "hospital.json");
	await createKeystore({ path, passphrase: PASSPHRASE, name: NAME, secrets: SECRETS });
	assert.deepEqual(await openKeystore({ path, passphrase: PASSPHRASE, name: NAME }), { ...SECRETS, name: NAME });
	const text = readFileSync(path, "utf8");
	for (const secret of [
		SECRETS.shareKey.toString(),
		SECRETS.shareKey.toString(16),
		Buffer.from(SECRETS.dataSeed).toString("hex"),
		Buffer.from(SECRETS.dataSeed).toString("base64"),
		PASSPHRASE,
	]) {
		assert.ok(!text.includes(secret));
	}
	const { kdf, version } = JSON.parse(text);
	assert.deepEqual([version, kdf.n, kdf.r, kdf.p], [1, 131_072, 8, 1]);
	assert.equal(statSync(path).mode & 0o777, 0o600);
	assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
	assert.deepEqual(readdirSync(dirname(path)), ["hospital.json"]);
});

/** One derivation takes half a second, so tests that need any keystore start from a copy of this one. */
const sealed = (async (): Promise<string> => {
	const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
	const path = join(folder, "keystore.json");
	await createKeystore({ path, passphrase: PASSPHRASE, name: NAME, secrets: SECRETS });
	const text = readFileSync(path, "utf8");
	rmSync(folder, { recursive: true });
	return text;
})();

const copied = async (context: TestContext): Promise<string> => {
	const path = join(temporaryFolder(context), "hospital.json");
	writeFileSync(path, await sealed, { mode: 0o600 });
	return path;
};

test("an existing keystore is never overwritten", async (context) => {
	const path = await copied(context);
	const before = readFileSync(path, "utf8");
	await rejectsWithCode(
		createKeystore({ path, passphrase: PASSPHRASE, name: "other", secrets: {} }),
		"KEYSTORE_EXISTS",
	);
	assert.equal(readFileSync(path, "utf8"), before);
	assert.deepEqual(readdirSync(dirname(path)), ["hospital.json"]);
});

test("an update replaces the secrets under a fresh salt and nonce", async (context) => {
	const path = await copied(context);
	const before = JSON.parse(readFileSync(path, "utf8"));
	const shareKey = randomShareKey();
	await updateKeystore({ path, passphrase: PASSPHRASE, update: (secrets) => ({ ...secrets, shareKey }) });
	const after = JSON.parse(readFileSync(path, "utf8"));
	assert.notEqual(after.kdf.salt, before.kdf.salt);
	assert.notEqual(after.cipher.nonce, before.cipher.nonce);
	assert.deepEqual(await openKeystore({ path, passphrase: PASSPHRASE }), { ...SECRETS, shareKey, name: NAME });
	assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a wrong passphrase is told from a changed file, and neither error holds a secret", async (context) => {
	const path = await copied(context);
	const wrong = await rejectsWithCode(openKeystore({ path, passphrase: "wrong horse battery" }), "KEYSTORE_PASSPHRASE");
	assert.doesNotMatch(`${wrong.message}${wrong.nextStep}`, /horse|battery/);
	const original = JSON.parse(readFileSync(path, "utf8"));
	const flip = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);
	for (const changed of [
		{ ...original, ciphertext: flip(original.ciphertext) },
		{ ...original, ciphertext: original.ciphertext.slice(2) },
		{ ...original, name: "hospital-2" },
		{ ...original, cipher: { ...original.cipher, nonce: flip(original.cipher.nonce) } },
		{ ...original, cipher: { ...original.cipher, tag: flip(original.cipher.tag) } },
	]) {
		writeFileSync(path, JSON.stringify(changed));
		const error = await rejectsWithCode(openKeystore({ path, passphrase: PASSPHRASE }), "KEYSTORE_CORRUPT");
		assert.equal(error.cause, undefined);
	}
});

test("a file that is no keystore is refused before any key is derived", async (context) => {
	const path = await copied(context);
	const original = JSON.parse(readFileSync(path, "utf8"));
	for (const text of [
		"",
		"{",
		"null",
		"{}",
		JSON.stringify({ ...original, version: 2 }),
		JSON.stringify({ ...original, extra: 1 }),
		JSON.stringify({ ...original, kdf: { ...original.kdf, n: 2 ** 10 } }),
		JSON.stringify({ ...original, kdf: { ...original.kdf, n: 2 ** 30 } }),
		JSON.stringify({ ...original, cipher: { ...original.cipher, tag: original.cipher.tag.slice(0, 8) } }),
		JSON.stringify({ ...original, ciphertext: "zz" }),
		"x".repeat(100_000),
	]) {
		writeFileSync(path, text);
		await rejectsWithCode(openKeystore({ path, passphrase: PASSPHRASE }), "KEYSTORE_CORRUPT");
	}
});

test("missing file, folder instead of a file, another's keystore, unusable folder", async (context) => {
	const folder = temporaryFolder(context);
	const open = (path: string) => openKeystore({ path, passphrase: PASSPHRASE });
	await rejectsWithCode(open(join(folder, "absent.json")), "KEYSTORE_MISSING");
	mkdirSync(join(folder, "folder.json"));
	await rejectsWithCode(open(join(folder, "folder.json")), "KEYSTORE_MISSING");
	const path = await copied(context);
	await rejectsWithCode(openKeystore({ path, passphrase: PASSPHRASE, name: "hospital-2" }), "CONFIG_INVALID");
	const below = { path: join(path, "below.json"), passphrase: PASSPHRASE, name: NAME, secrets: SECRETS };
	await rejectsWithCode(createKeystore(below), "KEYSTORE_MISSING");
});

test("short passphrases and secrets out of range are refused before anything is written", async (context) => {
	const path = join(temporaryFolder(context), "keys.json");
	const create = (secrets: object, passphrase = PASSPHRASE) =>
		createKeystore({ path, passphrase, name: NAME, secrets });
	await rejectsWithCode(create(SECRETS, "short"), "KEYSTORE_PASSPHRASE");
	await assert.rejects(create({ shareKey: 0n }), RangeError);
	await assert.rejects(create({ shareKey: 2n ** 252n }), RangeError);
	await assert.rejects(create({ dataSeed: new Uint8Array(31) }), RangeError);
	assert.throws(() => statSync(path));
});

test("the passphrase comes from the environment", () => {
	assert.equal(passphraseFrom({ DECENTRAHEALTH_PASSPHRASE: PASSPHRASE }), PASSPHRASE);
	throwsWithCode(() => passphraseFrom({}), "KEYSTORE_PASSPHRASE");
	throwsWithCode(() => passphraseFrom({ DECENTRAHEALTH_PASSPHRASE: "" }), "KEYSTORE_PASSPHRASE");
});
