/** How the demo ends, whenever it does; the last file, because the other tests' run ends with it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/ports.ts";
import { demoRun, outputOf, spawnDemo, stopDemoRun } from "../support/e2e/demoRun.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

/** True while somebody answers there. */
const answers = (url: string): Promise<boolean> =>
	fetch(url, { method: "POST", body: "{}" }).then(
		() => true,
		() => false,
	);

test("Ctrl-C ends a served demo with exit 0; chain and gateway are gone", async () => {
	const { rpcUrl, gatewayUrl } = await demoRun();
	assert.equal(await answers(rpcUrl), true);
	assert.equal(await answers(gatewayUrl), true);
	const ended = await stopDemoRun();
	// A demo that somebody else serves stays.
	if (ended === undefined) return;
	assert.deepEqual(ended, { code: 0, signal: null });
	assert.equal(await answers(rpcUrl), false);
	assert.equal(await answers(gatewayUrl), false);
});

test("a demo that is stopped in the middle leaves no chain behind", async (context) => {
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		const port = await freePort();
		const folder = join(temporaryFolder(context), "demo");
		const child = spawnDemo(["--rounds", "1", "--port", String(port), "--folder", folder]);
		const output = outputOf(child);
		while (!output().includes("open a round")) {
			assert.equal(child.exitCode, null, output());
			await sleep(50);
		}
		child.kill(signal);
		const [code, ended] = await once(child, "close");
		assert.ok(code !== 0 || ended !== null, "not a success");
		assert.equal(await answers(`http://127.0.0.1:${port}`), false, `after ${signal}`);
	}
});
