/** A server's own copy of the build. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { servingCopy } from "../../../scripts/web/servingCopy.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

test("stays as it is when the build changes, without the compiler's cache, and ends with its server", async (context) => {
	const web = temporaryFolder(context);
	const dist = join(web, ".next");
	await mkdir(join(dist, "cache"), { recursive: true });
	await mkdir(join(dist, "server", "cache"), { recursive: true });
	await writeFile(join(dist, "BUILD_ID"), "first");
	await writeFile(join(dist, "cache", "large"), "x");
	await writeFile(join(dist, "server", "cache", "page"), "served");
	const copy = await servingCopy(web, dist);
	await writeFile(join(dist, "BUILD_ID"), "second");
	assert.equal(await readFile(join(web, copy.name, "BUILD_ID"), "utf8"), "first");
	assert.equal(await readFile(join(web, copy.name, "server", "cache", "page"), "utf8"), "served");
	assert.equal(await exists(join(web, copy.name, "cache")), false);
	copy.remove();
	assert.equal(await exists(join(web, copy.name)), false);
});

test("what a killed process left goes; what belongs to one that runs stays", async (context) => {
	const web = temporaryFolder(context);
	const dist = join(web, ".next");
	await mkdir(dist);
	const { pid } = spawnSync(process.execPath, ["--version"]);
	const [dead, alive] = [`.next-serving-${pid}-0`, `.next-serving-${process.ppid}-0`];
	for (const name of [dead, alive, ".next-mine"]) await mkdir(join(web, name));
	await servingCopy(web, dist);
	assert.deepEqual(await Promise.all([dead, alive, ".next-mine"].map((name) => exists(join(web, name)))), [
		false,
		true,
		true,
	]);
});
