/** What a worker's configuration takes and refuses. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { VARIABLES, withEnvironment } from "../../../worker/service/config/environment.ts";
import { loadConfig, parseConfig } from "../../../worker/service/config/loadConfig.ts";
import { ROLES } from "../../../worker/service/config/schema.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";
import { configFields } from "../../support/service/configFields.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

describe("a worker's configuration", () => {
	it("has safe defaults", () => {
		const { http, ipfs, log, rpc, wallet, confirmations, fees } = parseConfig("hospital", configFields("hospital"));
		assert.deepEqual(fees, { maxBaseFeeGwei: 100, maxPriorityFeeGwei: 10, maxGas: 2 ** 24 });
		assert.deepEqual(http, { port: 8645, origins: [] });
		assert.deepEqual(ipfs, { peers: [], timeoutSeconds: 10 });
		assert.deepEqual([log.level, rpc.witnesses, wallet, confirmations], ["info", [], { kind: "keystore" }, undefined]);
	});

	it("is complete for every role", () => {
		for (const role of ROLES) assert.equal(parseConfig(role, configFields(role)).role, role);
	});

	it("refuses an unknown field at any depth, by its name", () => {
		for (const [changes, name] of [
			[{ folderr: "x" }, "folderr"],
			[{ http: { port: 1, host: "0.0.0.0" } }, "http.host"],
			[{ wallet: { kind: "keystore", privateKey: "0x01" } }, "wallet.privateKey"],
		] as const) {
			const { message } = throwsWithCode(
				() => parseConfig("hospital", configFields("hospital", changes)),
				"CONFIG_INVALID",
			);
			assert.match(message, new RegExp(`unknown field ${name.replace(".", "\\.")}`));
		}
	});

	it("refuses values that are none, and the file of another role", () => {
		for (const changes of [
			{ rpc: { url: "ftp://127.0.0.1" } },
			{ rpc: { url: "not a url" } },
			{ chainId: 0 },
			{ chainId: "31337" },
			{ roundManager: "0x5fbdb2315678AFECB367F032D93F642F64180AA3" },
			{ study: "UPPER" },
			{ study: 0 },
			{ folder: "" },
			{ confirmations: -1 },
			{ pollSeconds: 0 },
			{ fees: { maxBaseFeeGwei: 0 } },
			{ fees: { maxPriorityFeeGwei: "10" } },
			{ fees: { maxGas: 2 ** 24 + 1 } },
			{ http: { port: 65_536 } },
			{ http: { port: 8645, origins: ["https://app.example/"] } },
			{ http: { port: 8645, origins: ["*"] } },
			{ ipfs: { peers: ["ipfs://peer"] } },
			{ ipfs: { serve: { host: "127.0.0.1" } } },
			{ log: { level: "trace" } },
			{ wallet: { kind: "external" } },
			{ committeeKeysDigests: ["0x10"] },
			{ committeeKeysDigests: ["9".repeat(78)] },
			{ role: "committee" },
		]) {
			throwsWithCode(() => parseConfig("hospital", configFields("hospital", changes)), "CONFIG_INVALID");
		}
	});

	it("takes no more known hospitals to be needed than are named, and those of a member alone", () => {
		const [address] = (configFields("coordinator").pool ?? []) as readonly string[];
		const named = { knownHospitals: [address], minKnownHospitals: 1 };
		assert.equal(parseConfig("committee", configFields("committee", named)).minKnownHospitals, 1);
		for (const changes of [{ minKnownHospitals: 1 }, { knownHospitals: [address, address], minKnownHospitals: 2 }]) {
			throwsWithCode(() => parseConfig("committee", configFields("committee", changes)), "CONFIG_INVALID");
		}
		throwsWithCode(() => parseConfig("hospital", configFields("hospital", named)), "CONFIG_INVALID");
	});

	it("takes a wallet of the user's own in every role", () => {
		const wallet = { kind: "external", address: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
		for (const role of ROLES) {
			assert.deepEqual(parseConfig(role, configFields(role, { wallet })).wallet, wallet);
			const withoutAddress = configFields(role, { wallet: { kind: "external" } });
			throwsWithCode(() => parseConfig(role, withoutAddress), "CONFIG_INVALID");
		}
	});

	it("names every missing field and repeats no value", () => {
		const { message } = throwsWithCode(
			() => parseConfig("coordinator", { rpc: { url: "ftp://host/secret-api-key" }, pool: ["secret-entry"] }),
			"CONFIG_INVALID",
		);
		assert.match(message, /rpc\.url/);
		assert.match(message, /chainId/);
		assert.doesNotMatch(message, /secret/);
	});

	it("comes from a file whose paths count from its folder, and from the environment, which is stronger", async (context) => {
		const folder = temporaryFolder(context);
		const file = join(folder, "worker.json");
		writeFileSync(file, JSON.stringify(configFields("hospital")));
		const environment = {
			DECENTRAHEALTH_HTTP_PORT: "1234",
			DECENTRAHEALTH_IPFS_PEERS: "http://127.0.0.1:1, http://127.0.0.1:2",
			DECENTRAHEALTH_STUDY: "7",
			DECENTRAHEALTH_LOG_LEVEL: "",
			DECENTRAHEALTH_PASSPHRASE: "is read elsewhere",
			OTHER: "x",
		};
		const config = await loadConfig("hospital", { file, environment });
		assert.equal(config.folder, join(folder, "worker"));
		assert.equal(config.data, join(folder, "data.csv"));
		assert.equal(config.ipfs.store, join(folder, "worker", "ipfs"));
		assert.deepEqual(config.ipfs.peers, ["http://127.0.0.1:1", "http://127.0.0.1:2"]);
		assert.deepEqual([config.http.port, config.study, config.log.level], [1234, 7, "info"]);
	});

	it("can come from the environment alone", async () => {
		const environment = {
			DECENTRAHEALTH_RPC_URL: "http://127.0.0.1:8545",
			DECENTRAHEALTH_CHAIN_ID: "31337",
			DECENTRAHEALTH_ADDRESS: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
			DECENTRAHEALTH_STUDY: "wdbc",
			DECENTRAHEALTH_FOLDER: "/somewhere",
		};
		assert.equal((await loadConfig("committee", { environment })).folder, "/somewhere");
		// Every variable has a field of the schemas behind it.
		for (const { name, field } of VARIABLES) {
			const fields = withEnvironment({}, { [name]: "1" });
			assert.ok(field[0] in fields, name);
		}
	});

	it("is not troubled by the variables of tests and scripts", () => {
		for (const name of ["DECENTRAHEALTH_CHROMIUM", "DECENTRAHEALTH_PASSPHRASE"]) {
			assert.deepEqual(withEnvironment({}, { [name]: "/usr/bin/chromium" }), {});
		}
	});

	it("refuses a variable that nobody reads, and a field that is no object where one has to be", async () => {
		await rejectsWithCode(
			loadConfig("committee", { environment: { DECENTRAHEALTH_RPC_ULR: "http://127.0.0.1" } }),
			"CONFIG_INVALID",
		);
		assert.deepEqual(withEnvironment({ rpc: "x" }, { DECENTRAHEALTH_RPC_URL: "http://127.0.0.1" }), { rpc: "x" });
	});

	it("refuses files that are none", async (context) => {
		const folder = temporaryFolder(context);
		const load = (name: string, text?: string) => {
			const file = join(folder, name);
			if (text !== undefined) writeFileSync(file, text);
			return loadConfig("committee", { file, environment: {} });
		};
		await rejectsWithCode(load("missing.json"), "CONFIG_INVALID");
		const { message } = await rejectsWithCode(load("text.json", '{"rpc": {"url": "http://secret'), "CONFIG_INVALID");
		assert.doesNotMatch(message, /secret/);
		await rejectsWithCode(load("list.json", "[]"), "CONFIG_INVALID");
		await rejectsWithCode(load("large.json", `"${"x".repeat(1_100_000)}"`), "CONFIG_INVALID");
	});
});
