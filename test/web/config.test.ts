import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { CONFIG_VARIABLE, readConfig } from "../../web/lib/config/read.ts";
import { rejectsWithCode } from "../support/rejectsWithCode.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

const HOSPITAL = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const VALID = {
	version: 1,
	chain: { id: 31337, name: "Local", rpcUrl: "http://127.0.0.1:8545", webSocketUrl: "ws://127.0.0.1:8545" },
	roundManager: "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9",
	gateways: ["http://127.0.0.1:8080"],
};

const withConfig = async (context: TestContext, text: string): Promise<void> => {
	const path = join(temporaryFolder(context), "dapp.json");
	await writeFile(path, text);
	process.env[CONFIG_VARIABLE] = path;
	context.after(() => {
		delete process.env[CONFIG_VARIABLE];
	});
};

describe("the dApp's configuration", () => {
	it("takes names by address in any case, and leaves out what is optional", async (t) => {
		await withConfig(t, JSON.stringify({ ...VALID, participants: { [HOSPITAL.toLowerCase()]: "St. Anna" } }));
		const config = await readConfig();
		assert.equal(config.participants[HOSPITAL], "St. Anna");
		assert.deepEqual(config.workers, []);
		assert.equal(config.walletConnectProjectId, undefined);
	});

	for (const [what, change, names] of [
		["an unknown field", { token: "secret" }, /configuration/],
		[
			"a worker's token",
			{ workers: [{ role: "hospital", name: "1", url: "http://127.0.0.1:1", address: HOSPITAL, token: "x" }] },
			/workers/,
		],
		["an RPC URL of another scheme", { chain: { ...VALID.chain, rpcUrl: "file:///etc/passwd" } }, /chain\.rpcUrl/],
		["a script as explorer", { chain: { ...VALID.chain, explorerUrl: "javascript:alert(1)" } }, /chain\.explorerUrl/],
		["a contract that is no address", { roundManager: "0x12" }, /roundManager/],
		["no gateway", { gateways: [] }, /gateways/],
		["another version", { version: 2 }, /version/],
	] as const) {
		it(`refuses ${what}, by its place`, async (t) => {
			await withConfig(t, JSON.stringify({ ...VALID, ...change }));
			const { message } = await rejectsWithCode(readConfig(), "CONFIG_INVALID");
			assert.match(message, names);
		});
	}

	it("names no path of the machine when the file is missing or broken", async (t) => {
		await withConfig(t, "{");
		const path = process.env[CONFIG_VARIABLE] ?? "";
		assert.doesNotMatch((await rejectsWithCode(readConfig(), "CONFIG_INVALID")).message, new RegExp(path));
		process.env[CONFIG_VARIABLE] = `${path}.missing`;
		assert.doesNotMatch((await rejectsWithCode(readConfig(), "CONFIG_INVALID")).message, new RegExp(path));
		delete process.env[CONFIG_VARIABLE];
		await rejectsWithCode(readConfig(), "CONFIG_INVALID");
	});
});
