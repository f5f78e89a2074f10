/** The configuration that `npm run web` makes of its options. */
import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Command } from "commander";
import { describeChain } from "../../../scripts/web/checkDeployment.ts";
import { parseDappConfig, resolveConfig, type WebOptions, withWebOptions } from "../../../scripts/web/options.ts";
import { writeDappConfig } from "../../../scripts/web/serve.ts";
import { rejectsWithCode, throwsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const ADDRESS = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const warned = (text: string): void => assert.fail(`warned: ${text}`);
const resolve = (options: Omit<WebOptions, "port">) => resolveConfig({ ...options, port: 1 }, warned);

const parse = (...args: string[]): WebOptions =>
	withWebOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
		.parse(args, { from: "user" })
		.opts();

test("options as they are typed", () => {
	assert.deepEqual(parse("--rpc", "http://a", "--address", ADDRESS, "--ipfs", "http://b", "http://c"), {
		rpc: "http://a",
		address: ADDRESS,
		ipfs: ["http://b", "http://c"],
		port: 3000,
	});
	assert.equal(parse("--config", "f.json", "--port", "4000").port, 4000);
	assert.throws(() => parse("--port", "65536"), /not a whole number/);
	assert.throws(() => parse("--colour", "red"), /unknown option/);
});

test("a deployment has to be named, in one way", async (context) => {
	const file = join(temporaryFolder(context), "dapp.json");
	await rejectsWithCode(resolve({}), "CONFIG_INVALID");
	await rejectsWithCode(resolve({ rpc: "http://127.0.0.1:1", address: ADDRESS }), "CONFIG_INVALID");
	const both = await rejectsWithCode(resolve({ config: file, rpc: "http://127.0.0.1:1" }), "CONFIG_INVALID");
	assert.match(both.message, /exclude/);
	await rejectsWithCode(resolve({ config: file }), "CONFIG_INVALID");
	await writeFile(file, "{");
	await rejectsWithCode(resolve({ config: file }), "CONFIG_INVALID");
});

test("a wrong field is named, its value is not: a URL may hold an API key", () => {
	const chain = { id: 31337, name: "c", rpcUrl: "ftp://secret-key" };
	const fields = { version: 1, chain, roundManager: ADDRESS, gateways: ["http://g"], token: "secret-key" };
	const { message } = throwsWithCode(() => parseDappConfig(fields, "file.json"), "CONFIG_INVALID");
	assert.match(message, /file\.json: .*chain\.rpcUrl/);
	assert.doesNotMatch(message, /secret-key/);
});

test("nobody there: what does not answer is named", async () => {
	const ipfs = ["http://127.0.0.1:1"];
	await rejectsWithCode(resolve({ rpc: "http://127.0.0.1:1", address: ADDRESS, ipfs }), "RPC_UNREACHABLE");
	await rejectsWithCode(resolve({ rpc: "http://127.0.0.1:1", address: "0x1", ipfs }), "CONFIG_INVALID");
});

test("the file is for its owner alone and is read again as it was", async (context) => {
	const path = join(temporaryFolder(context), "dapp.json");
	const chain = { id: 31337, name: "local", rpcUrl: "http://127.0.0.1:8545" };
	const fields = { version: 1, chain, roundManager: ADDRESS, fromBlock: 0, gateways: ["http://127.0.0.1:8080"] };
	const config = parseDappConfig(fields, "test");
	await writeDappConfig(path, config);
	assert.equal((await stat(path)).mode & 0o777, 0o600);
	assert.deepEqual(parseDappConfig(JSON.parse(await readFile(path, "utf8")), "test"), config);
});

test("chains have names, and public ones an explorer", () => {
	assert.deepEqual(describeChain(31337), { name: "Local development chain" });
	assert.deepEqual(describeChain(11155111), { name: "Sepolia", explorerUrl: "https://sepolia.etherscan.io" });
	assert.deepEqual(describeChain(987_654_321), { name: "chain 987654321" });
});
