/** The folders that a served demo's workers start from. */
import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { developmentAccount, developmentKey } from "../../../scripts/demo/localChain.ts";
import { castOf, portsFor } from "../../../scripts/demo/serve/cast.ts";
import { writeWorkerFiles } from "../../../scripts/demo/serve/workerFiles.ts";
import { createKeystore, openKeystore } from "../../../worker/adapters/keystore.ts";
import { keystorePath, walletName } from "../../../worker/node/folders.ts";
import { loadConfig } from "../../../worker/service/config/loadConfig.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { loadStudy } from "../../support/wdbc.ts";

const PASSPHRASE = "a passphrase of these tests";
const ROUND_MANAGER = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const ARCHIVE = "http://127.0.0.1:19999";
const SIZE = { hospitals: 3, members: 3 };

const prepare = (context: Parameters<typeof temporaryFolder>[0], byHand: readonly string[], size = SIZE) => {
	const folder = temporaryFolder(context);
	const ports = Array.from({ length: portsFor(size.hospitals, size.members) }, (_, index) => 20_000 + index);
	const cast = castOf({ folder, ...size, byHand: new Set(byHand), ports });
	const write = () =>
		writeWorkerFiles({
			cast,
			study: loadStudy(),
			passphrase: PASSPHRASE,
			rpcUrl: "http://127.0.0.1:8545",
			roundManager: ROUND_MANAGER,
			archive: ARCHIVE,
			origins: ["http://127.0.0.1:3000"],
			dataPaths: [join(folder, "hospital-1", "data.csv"), "rows/second.csv", "third.npz"],
			rounds: 7,
		});
	return { folder, cast, write };
};

test("each gets its own account, ports and folder", async (context) => {
	const { cast } = prepare(context, []);
	assert.deepEqual(
		cast.map(({ name, role, account, address }) => [name, role, account, address]),
		["coordinator", "hospital-1", "hospital-2", "hospital-3", "member-1", "member-2", "member-3"].map((name, index) => [
			name,
			name === "coordinator" ? "coordinator" : name.startsWith("hospital") ? "hospital" : "committee",
			index,
			developmentAccount(index).address,
		]),
	);
	const ports = cast.flatMap(({ httpPort, gatewayPort }) => [httpPort, gatewayPort]);
	assert.equal(new Set(ports).size, ports.length);
	assert.equal(new Set(cast.map(({ title }) => title)).size, cast.length);
});

describe("written once", () => {
	// Each keystore takes half a second.
	const { folder, cast, write } = prepare({ after }, ["hospital-1", "coordinator"]);
	let written: Awaited<ReturnType<typeof write>>;
	before(async () => {
		written = await write();
	});

	test("who signs by itself has its key in the keystore; who signs by hand has none, and a wallet's address instead", async () => {
		for (const member of cast) {
			const { role, account, address, folder, byHand } = member;
			const secrets = await openKeystore({ path: keystorePath(folder), passphrase: PASSPHRASE });
			assert.equal(secrets.walletKey, byHand ? undefined : developmentKey(account));
			assert.equal(secrets.dataSeed !== undefined, role === "hospital");
			assert.equal(secrets.shareKey !== undefined, role === "committee");
			const config = await loadConfig(role, { file: written.get(member), environment: {} });
			assert.deepEqual(config.wallet, byHand ? { kind: "external", address } : { kind: "keystore" });
			assert.equal(config.folder, folder);
			assert.equal(config.http.port, member.httpPort);
			assert.deepEqual(config.http.origins, ["http://127.0.0.1:3000"]);
			assert.deepEqual(config.ipfs.serve, { host: "127.0.0.1", port: member.gatewayPort });
			const others = cast.filter((other) => other !== member);
			assert.deepEqual(config.ipfs.peers, [
				...others.map(({ gatewayPort }) => `http://127.0.0.1:${gatewayPort}`),
				ARCHIVE,
			]);
		}
	});

	test("rows that a user named by a relative path are found from the worker's folder", async () => {
		const paths: string[] = [];
		for (const member of cast.filter(({ role }) => role === "hospital")) {
			paths.push((await loadConfig("hospital", { file: written.get(member), environment: {} })).data);
		}
		assert.deepEqual(paths, [join(folder, "hospital-1", "data.csv"), resolve("rows/second.csv"), resolve("third.npz")]);
	});

	test("only their owner may read the files, and no file has the passphrase", async () => {
		const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
		assert.equal(files.length, 14);
		for (const { parentPath, name } of files) {
			const path = join(parentPath, name);
			assert.equal((await stat(path)).mode & 0o777, 0o600, path);
			assert.equal((await readFile(path, "utf8")).includes(PASSPHRASE), false, path);
		}
	});
});

test("keys that a demo's rounds have used stay", async (context) => {
	const { cast, write } = prepare(context, [], { hospitals: 1, members: 1 });
	const member = cast.find(({ name }) => name === "member-1");
	assert.ok(member !== undefined);
	const path = keystorePath(member.folder);
	const name = walletName(member.address);
	await createKeystore({ path, passphrase: PASSPHRASE, name, secrets: { shareKey: 12_345n } });
	await write();
	const { shareKey, walletKey } = await openKeystore({ path, passphrase: PASSPHRASE, name });
	assert.equal(shareKey, 12_345n);
	assert.equal(walletKey, developmentKey(member.account));
});
