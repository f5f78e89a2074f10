/** The gateway's own process: what it knows, that it comes back, and that it ends with the one that started it. */
import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sha256Digest } from "../../../worker/adapters/ipfs/blockStore.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { diskStore } from "../../../worker/adapters/ipfs/diskStore.ts";
import { restrictions, startGatewayProcess } from "../../../worker/adapters/ipfs/gatewayProcess.ts";
import { gatewayStore } from "../../../worker/adapters/ipfs/gatewayStore.ts";
import { serve } from "../../support/httpServer.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const PARENT = fileURLToPath(new URL("../../support/ipfs/gatewayParent.ts", import.meta.url));
const BYTES = new TextEncoder().encode("hello");
const DIGEST = sha256Digest(BYTES);

test("it serves what the folder has, and what is put there later; started again when it dies, at the same address", async (context) => {
	const folder = join(temporaryFolder(context), "ipfs");
	const deaths: string[] = [];
	let isBack = (): void => undefined;
	const back = new Promise<void>((resolve) => {
		isBack = resolve;
	});
	const gateway = await startGatewayProcess({
		location: folder,
		firstPause: 1,
		onDeath: (how) => deaths.push(how),
		onRestart: isBack,
	});
	context.after(gateway.close);
	const client = gatewayStore(new URL(gateway.url));
	await rejectsWithCode(client.get(DIGEST), "BLOCK_MISSING");
	await diskStore(folder).put(BYTES);
	assert.deepEqual(await client.get(DIGEST), BYTES);
	const first = gateway.pid() ?? assert.fail("it runs");
	assert.notEqual(first, process.pid);
	process.kill(first, "SIGKILL");
	await back;
	assert.deepEqual(deaths, ["SIGKILL"]);
	assert.notEqual(gateway.pid(), first);
	assert.deepEqual(await client.get(DIGEST), BYTES);
	await gateway.close();
	await rejectsWithCode(client.get(DIGEST), "IPFS_UNREACHABLE");
});

test("it has nothing of the environment, no credentials in its arguments, and may read nothing beside the blocks, write nothing and start nothing", async (context) => {
	const folder = temporaryFolder(context);
	const blocks = join(folder, "ipfs");
	await diskStore(blocks).put(BYTES);
	writeFileSync(join(folder, "keystore.json"), "a key");
	const tries = (file: string, action: string): string => {
		const script = `try { ${action}; console.log("done"); } catch (error) { console.log(error.code); }`;
		const options = [...restrictions(blocks), "-e", script, file];
		return execFileSync(process.execPath, options, { encoding: "utf8" }).trim();
	};
	const read = "require('node:fs').readFileSync(process.argv[1])";
	assert.equal(tries(join(blocks, DIGEST.slice(2, 4), DIGEST.slice(2)), read), "done");
	assert.equal(tries(join(folder, "keystore.json"), read), "ERR_ACCESS_DENIED");
	assert.equal(
		tries(join(blocks, "new"), "require('node:fs').writeFileSync(process.argv[1], '')"),
		"ERR_ACCESS_DENIED",
	);
	assert.equal(tries("ls", "require('node:child_process').execFileSync(process.argv[1])"), "ERR_ACCESS_DENIED");
	process.env.DECENTRAHEALTH_PASSPHRASE = "open sesame";
	context.after(() => delete process.env.DECENTRAHEALTH_PASSPHRASE);
	const gateway = await startGatewayProcess({ location: blocks });
	context.after(gateway.close);
	const client = gatewayStore(new URL(gateway.url));
	assert.deepEqual(await client.get(DIGEST), BYTES);
	if (process.platform === "linux") {
		assert.doesNotMatch(readFileSync(`/proc/${gateway.pid()}/environ`, "latin1"), /DECENTRAHEALTH|sesame/);
	}
	const kubo = await serve(context, (_, response) => response.end(BYTES));
	kubo.password = "secret";
	const overKubo = await startGatewayProcess({ location: `kubo+${kubo.href}` });
	context.after(overKubo.close);
	assert.deepEqual(await gatewayStore(new URL(overKubo.url)).get(DIGEST), BYTES);
	if (process.platform === "linux") {
		assert.doesNotMatch(readFileSync(`/proc/${overKubo.pid()}/cmdline`, "latin1"), /secret/);
	}
});

test("a Kubo node behind it is asked for its own blocks only, whichever CID a stranger names", async (context) => {
	const asked: (string | null)[] = [];
	const kubo = await serve(context, (request, response) => {
		asked.push(new URL(request.url ?? "/", "http://node.invalid").searchParams.get("offline"));
		request.resume();
		response.writeHead(500, { "Content-Type": "application/json" });
		response.end(JSON.stringify({ Message: "block was not found locally (offline): ipld: could not find it" }));
	});
	const gateway = await startGatewayProcess({ location: `kubo+${kubo.href}` });
	context.after(gateway.close);
	assert.equal((await fetch(`${gateway.url}/ipfs/${cidOf(DIGEST)}?format=raw`)).status, 404);
	assert.deepEqual(asked, ["true"]);
});

test("it ends with the process that started it, even when that is killed", async (context) => {
	const parent = fork(PARENT, [temporaryFolder(context)], { execArgv: ["--disable-warning=ExperimentalWarning"] });
	const [url] = (await once(parent, "message")) as [string];
	const { port, hostname } = new URL(url);
	const socket = connect(Number(port), hostname);
	socket.on("error", () => undefined);
	await once(socket, "connect");
	socket.resume();
	const ended = new Promise((resolve) => socket.once("close", resolve));
	parent.kill("SIGKILL");
	await ended;
	// It may have closed an idle connection before: that nobody listens any more shows that it is gone.
	const client = gatewayStore(new URL(url));
	for (let isThere = true; isThere; ) {
		isThere = await client.has(DIGEST).then(
			() => true,
			() => false,
		);
	}
});

test("what keeps it from starting is told with its code", async (context) => {
	const taken = createServer();
	await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
	context.after(() => taken.close());
	const { port } = taken.address() as { port: number };
	const error = await rejectsWithCode(
		startGatewayProcess({ location: temporaryFolder(context), port }),
		"CONFIG_INVALID",
	);
	assert.match(error.message, /EADDRINUSE/);
	await rejectsWithCode(startGatewayProcess({ location: "ftp://example.org" }), "CONFIG_INVALID");
});
