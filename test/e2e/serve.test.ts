/** `npm run demo -- --serve --from-scratch`: everything is there, goes on when one of it is killed, and ends without a trace. */
import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../scripts/ports.ts";
import { WEB } from "../../scripts/web/next.ts";
import { dappConfigSchema } from "../../web/lib/config/schema.ts";
import { gatewayStore } from "../../worker/adapters/ipfs/gatewayStore.ts";
import { isRunning } from "../../worker/adapters/lease/owner.ts";
import { decodeStore } from "../../worker/core/dataset/store.ts";
import { parseStudyPackage } from "../../worker/core/studyPackage.ts";
import { PASSPHRASE, type ServedDemo, serveDemo, startProgram, startServing } from "../support/e2e/servedDemo.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { loadStudy } from "../support/wdbc.ts";

type Place = ServedDemo["served"]["places"][number];

const rpc = async (url: string, method: string): Promise<string> => {
	const response = await fetch(url, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] }),
	});
	return ((await response.json()) as { result: string }).result;
};

const statusOf = async ({ workerUrl, tokenFile }: Place, origin: string) => {
	const token = (await readFile(tokenFile, "utf8")).trim();
	const response = await fetch(`${workerUrl}/v1/status`, {
		headers: { Authorization: `Bearer ${token}`, Origin: origin },
	});
	assert.equal(response.status, 200);
	assert.equal(response.headers.get("access-control-allow-origin"), origin);
	return (await response.json()) as { role: string; wallet: { kind: string; address: string } };
};

const answers = (url: string): Promise<boolean> =>
	fetch(url).then(
		() => true,
		() => false,
	);

/** The dApp's builds that this process serves. */
const copiesOf = async (pid: number): Promise<readonly string[]> =>
	(await readdir(WEB)).filter((name) => name.startsWith(`.next-serving-${pid}-`));

const until = async (holds: () => Promise<boolean> | boolean, what: string, timeout = 60_000): Promise<void> => {
	for (const end = Date.now() + timeout; !(await holds()); ) {
		assert.ok(Date.now() < end, what);
		await sleep(100);
	}
};

test("a demo served from scratch", async (context) => {
	const folder = join(temporaryFolder(context), "demo");
	const demo = await serveDemo(context, [
		"--from-scratch",
		"--by-hand",
		"hospital-1",
		"coordinator",
		"--folder",
		folder,
	]);
	const { url, rpcUrl, gateway, places, roundManager, studyPackage = "" } = demo.served;

	await context.test("the dApp answers, with a nonce of its own for each answer", async () => {
		const policies = await Promise.all(
			[url, url].map(async (page) => {
				const response = await fetch(page);
				assert.equal(response.status, 200);
				const policy = response.headers.get("content-security-policy") ?? "";
				const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
				assert.ok(nonce !== undefined, policy);
				assert.ok((await response.text()).includes(nonce));
				return policy;
			}),
		);
		assert.notEqual(policies[0], policies[1]);
	});

	await context.test("its configuration names deployment, gateway, people and workers, and no secret", async () => {
		const path = join(folder, "dapp.json");
		assert.equal((await stat(path)).mode & 0o777, 0o600);
		const text = await readFile(path, "utf8");
		const config = dappConfigSchema.parse(JSON.parse(text));
		assert.equal(config.roundManager, roundManager);
		assert.equal(config.chain.rpcUrl, rpcUrl);
		assert.deepEqual(config.gateways, [gateway]);
		assert.deepEqual(
			config.workers.map((worker) => worker.address),
			places.map(({ address }) => address),
		);
		for (const { tokenFile } of places) assert.equal(text.includes((await readFile(tokenFile, "utf8")).trim()), false);
		assert.equal(text.includes(PASSPHRASE), false);
		const { heldOut } = config;
		assert.ok(heldOut !== undefined);
		const block = await gatewayStore(new URL(gateway)).get(heldOut.digest);
		assert.equal(decodeStore(block, loadStudy(), "held out").length, 209);
	});

	await context.test("the study can be created from a file", async () => {
		const { study } = parseStudyPackage(await readFile(studyPackage, "utf8"));
		assert.equal(study.name, "wdbc");
	});

	await context.test("every worker answers the dApp, with the wallet that it was told to have", async () => {
		assert.equal(places.length, 7);
		for (const place of places) {
			assert.equal((await stat(place.tokenFile)).mode & 0o777, 0o600);
			const { role, wallet } = await statusOf(place, url);
			assert.equal(role, place.role);
			assert.deepEqual(wallet, { kind: place.byHand ? "external" : "keystore", address: place.address });
		}
		assert.deepEqual(
			places.filter(({ byHand }) => byHand).map(({ name }) => name),
			["coordinator", "hospital-1"],
		);
	});

	await context.test("the chain makes blocks by itself", async () => {
		const first = BigInt(await rpc(rpcUrl, "eth_blockNumber"));
		await until(async () => BigInt(await rpc(rpcUrl, "eth_blockNumber")) > first, "no block within a minute");
	});

	await context.test("standard output has lines of JSON alone, and nothing printed has a token", async () => {
		for (const line of demo.lines) assert.equal(typeof JSON.parse(line).event, "string");
		const printed = [demo.text(), ...demo.lines].join("\n");
		for (const { tokenFile, folder: own } of places) {
			const token = (await readFile(tokenFile, "utf8")).trim();
			assert.equal(printed.includes(token), false);
			assert.equal((await readFile(join(own, "worker.log"), "utf8")).includes(token), false);
		}
	});

	await context.test("a worker that is killed runs again, with a new token", async () => {
		const place = places.find(({ name }) => name === "member-1");
		assert.ok(place?.pid !== undefined);
		const before = await readFile(place.tokenFile, "utf8");
		process.kill(place.pid, "SIGKILL");
		await until(
			() => demo.lines.some((line) => /^\{"event":"restarted","name":"member-1","pid":\d+\}$/.test(line)),
			"it is not started again",
		);
		assert.notEqual(await readFile(place.tokenFile, "utf8"), before);
		assert.equal((await statusOf(place, url)).role, "committee");
	});

	await context.test("npm run web serves the same deployment by its addresses alone, until a signal", async () => {
		const [port = 0] = await freePorts(1);
		const socket = rpcUrl.replace("http", "ws");
		const places = ["--rpc", rpcUrl, "--ws", socket, "--address", roundManager, "--ipfs", gateway];
		const web = startProgram(context, "scripts/web/main.ts", [...places, "--port", String(port)]);
		await until(() => web.lines.length > 0 || web.ended(), "it is not served", 600_000);
		assert.deepEqual(web.lines, [`http://127.0.0.1:${port}`], web.text());
		assert.equal((await fetch(`http://127.0.0.1:${port}`)).status, 200);
		assert.equal(await web.end("SIGTERM"), 0, web.text());
		assert.equal(await answers(`http://127.0.0.1:${port}`), false);
		assert.deepEqual(await copiesOf(web.pid), []);
	});

	await context.test("Ctrl-C ends it with 0; no process, no port and no copy of the build is left", async () => {
		assert.equal((await copiesOf(demo.pid)).length, 1);
		assert.equal(await demo.end("SIGINT"), 0, demo.text());
		for (const address of [url, rpcUrl, gateway, ...places.map(({ workerUrl }) => workerUrl)]) {
			assert.equal(await answers(address), false, `${address} still answers`);
		}
		for (const { name, pid } of places) assert.equal(pid !== undefined && isRunning(pid), false, `${name} still runs`);
		assert.deepEqual(await copiesOf(demo.pid), []);
	});
});

test("SIGTERM while it starts ends it, too", async (context) => {
	const folder = join(temporaryFolder(context), "demo");
	const demo = startServing(context, ["--from-scratch", "--folder", folder]);
	const begun = () => /RoundManager.*\n.*starting 7 workers/.test(demo.text());
	await until(() => begun() || demo.ended(), "it does not start", 300_000);
	const [rpcUrl = ""] = /http:\S+(?=: RoundManager)/.exec(demo.text()) ?? [];
	assert.equal(await answers(rpcUrl), true, demo.text());
	assert.equal(await demo.end("SIGTERM"), 0, demo.text());
	assert.equal(await answers(rpcUrl), false);
	assert.deepEqual(await copiesOf(demo.pid), []);
});
