/** The CLI as a process: exit codes, signals, the token's place, keys by standard input. The chain of these workers does not answer. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { writeParticipant } from "../../../scripts/consortium/writeParticipant.ts";
import { developmentAccount, developmentKey } from "../../../scripts/demo/localChain.ts";
import { openKeystore } from "../../../worker/adapters/keystore.ts";
import type { Role } from "../../../worker/service/config/schema.ts";
import { importWallet, makeKeystore, parseWalletKey } from "../../../worker/service/keystore/commands.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";
import { runCli, startCli } from "../../support/service/cli.ts";
import { configFields } from "../../support/service/configFields.ts";
import { ask } from "../../support/service/request.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const PASSPHRASE = "a passphrase of the tests";
const environment = { DECENTRAHEALTH_PASSPHRASE: PASSPHRASE };

/** A complete worker whose RPC node nobody listens at. */
const write = async (context: TestContext, role: Role) => {
	const folder = temporaryFolder(context);
	const { folder: _folder, data: _data, ...fields } = configFields(role);
	const configFile = await writeParticipant({
		role,
		folder,
		passphrase: PASSPHRASE,
		walletKey: developmentKey(1),
		fields: { ...fields, rpc: { url: "http://127.0.0.1:9" }, http: { port: 0 }, pollSeconds: 0.2 },
		csv: role === "hospital" ? "a,b\n1,0\n" : undefined,
	});
	return { folder, configFile, args: [role, "--config", configFile] };
};

const portOf = (output: string): string => /"http":"(http:\/\/127\.0\.0\.1:\d+)"/.exec(output)?.[1] ?? "";

describe("a worker's process", () => {
	it("serves its health while the chain is down, and ends with 0 on SIGTERM and SIGINT, leaving nothing behind", async (context) => {
		for (const signal of ["SIGTERM", "SIGINT"] as const) {
			const { folder, args } = await write(context, "hospital");
			const { child, says, output, exit } = startCli(context, [...args, "--json"], { environment });
			await says("RPC_UNREACHABLE");
			const url = portOf(output());
			assert.equal((await ask(`${url}/healthz`)).status, 200);
			assert.equal((await ask(`${url}/readyz`)).status, 503);
			// No terminal: the token is in a file of its owner's, and in no output.
			const path = join(folder, "http-token");
			assert.equal(statSync(path).mode & 0o777, 0o600);
			const token = readFileSync(path, "utf8").trim();
			assert.match(token, /^[\w-]{43}$/);
			const headers = { Authorization: `Bearer ${token}` };
			assert.equal((await ask(`${url}/v1/jobs`, { headers })).status, 200);
			assert.ok(!output().includes(token));
			assert.ok(existsSync(join(folder, "worker.lock")));
			child.kill(signal);
			assert.equal(await exit, 0);
			assert.deepEqual(readdirSync(folder).sort(), ["data.csv", "keystore.json", "worker.json"]);
		}
	});

	it("has its folder for itself, also after it was killed", async (context) => {
		const { args } = await write(context, "coordinator");
		const first = startCli(context, args, { environment });
		await first.says("started");
		const second = await runCli(context, args, { environment });
		assert.equal(second.code, 2);
		assert.match(second.errors, /error FOLDER_LOCKED: .*\n {2}next: /);
		first.child.kill("SIGKILL");
		await first.exit;
		const third = startCli(context, args, { environment });
		await third.says("started");
		third.child.kill("SIGTERM");
		assert.equal(await third.exit, 0);
	});

	it("ends with 2, a code and a next step when it can't start as it is configured", async (context) => {
		const { folder, configFile, args } = await write(context, "committee");
		const fields = JSON.parse(readFileSync(configFile, "utf8"));
		const other = join(folder, "other.json");
		writeFileSync(other, JSON.stringify({ ...fields, folder, privateKey: "0x01" }));
		const unknown = await runCli(context, ["committee", "--config", other, "--json"], { environment });
		assert.equal(unknown.code, 2);
		assert.equal(JSON.parse(unknown.errors).error.code, "CONFIG_INVALID");
		for (const [bad, code] of [
			[{}, "KEYSTORE_PASSPHRASE"],
			[{ DECENTRAHEALTH_PASSPHRASE: "another one, wrong" }, "KEYSTORE_PASSPHRASE"],
			[{ ...environment, DECENTRAHEALTH_HTPP_PORT: "1" }, "CONFIG_INVALID"],
		] as const) {
			const { code: exit, errors } = await runCli(context, args, { environment: bad });
			assert.deepEqual([exit, errors.startsWith(`error ${code}: `)], [2, true], errors);
		}
		assert.equal((await runCli(context, ["nobody"])).code, 2);
		const once = await runCli(context, [...args, "--once"], { environment });
		assert.deepEqual([once.code, /error RPC_UNREACHABLE/.test(once.errors)], [2, true]);
	});

	it("prints its checks in a dry run, which changes nothing", async (context) => {
		const { folder, args } = await write(context, "hospital");
		const before = readdirSync(folder).sort();
		const { code, output } = await runCli(context, [...args, "--dry-run"], { environment });
		assert.equal(code, 2);
		assert.match(output, /^ok +folder /m);
		assert.match(output, /^ok +keystore +opens; signs as 0x/m);
		assert.match(output, /^FAILED +chain and contracts .*\(RPC_UNREACHABLE\)\n +next: /m);
		assert.match(output, /^skipped +data set/m);
		const json = await runCli(context, [...args, "--dry-run", "--json"], { environment });
		assert.equal(JSON.parse(json.output).passed, false);
		assert.deepEqual(readdirSync(folder).sort(), before);
	});

	it("explains itself", async (context) => {
		const { code, output } = await runCli(context, ["hospital", "--help"]);
		assert.equal(code, 0);
		for (const text of ["--dry-run", "DECENTRAHEALTH_RPC_URL", "committeeKeysDigests", "Exit code"])
			assert.ok(output.includes(text));
	});
});

describe("worker keystore", () => {
	it("makes a keystore and takes a wallet's key from standard input, showing public sides alone", async (context) => {
		const folder = join(temporaryFolder(context), "new");
		const created = await runCli(context, ["keystore", "create", "--folder", folder, "--json"], { environment });
		assert.equal(created.code, 0);
		const { wallet, shareKey, dataSeed } = JSON.parse(created.output);
		assert.deepEqual([wallet, dataSeed], [null, "present"]);
		const input = `${developmentKey(3).slice(2).toUpperCase()}\n`;
		const args = ["keystore", "import-wallet", "--folder", folder, "--json"];
		const imported = await runCli(context, args, { environment, input });
		assert.equal(imported.code, 0);
		const contents = JSON.parse(imported.output);
		assert.equal(contents.wallet, developmentAccount(3).address);
		// The other keys are still there.
		assert.deepEqual(contents.shareKey, shareKey);
		const secrets = await openKeystore({ path: join(folder, "keystore.json"), passphrase: PASSPHRASE });
		assert.equal(secrets.walletKey, developmentKey(3));
		const texts = [created, imported].map(({ output, errors }) => output + errors).join("");
		for (const secret of [developmentKey(3).slice(2), String(secrets.shareKey)]) assert.ok(!texts.includes(secret));
		const bad = await runCli(context, args, { environment, input: "secret but no key" });
		assert.deepEqual([bad.code, bad.errors.includes("secret")], [2, false]);
	});

	it("keeps the wallet's key that is there unless told otherwise", async (context) => {
		const place = { folder: temporaryFolder(context), passphrase: PASSPHRASE };
		const { wallet } = await makeKeystore({ ...place, newWallet: true });
		await rejectsWithCode(makeKeystore(place), "KEYSTORE_EXISTS");
		const keyText = developmentKey(2);
		await rejectsWithCode(importWallet({ ...place, keyText }), "KEYSTORE_EXISTS");
		assert.notEqual(wallet, developmentAccount(2).address);
		assert.equal((await importWallet({ ...place, keyText, replace: true })).wallet, developmentAccount(2).address);
	});

	it("refuses what is no key of the curve", () => {
		for (const text of ["", "0x", "0".repeat(64), "f".repeat(64), `${"1".repeat(64)} 2`, "g".repeat(64)]) {
			throwsWithCode(() => parseWalletKey(text), "CONFIG_INVALID");
		}
		assert.equal(parseWalletKey(` 0x${"A".repeat(64)}\n`), `0x${"a".repeat(64)}`);
	});
});
