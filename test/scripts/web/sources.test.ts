/** When the dApp's build counts as old. */
import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { sourcesDigest } from "../../../scripts/web/sources.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const put = async (root: string, path: string, text: string): Promise<void> => {
	await mkdir(dirname(join(root, path)), { recursive: true });
	await writeFile(join(root, path), text);
};

const repository = async (context: TestContext): Promise<string> => {
	const root = temporaryFolder(context);
	for (const path of [
		"package-lock.json",
		"tsconfig.json",
		"web/app/page.tsx",
		"worker/protocol/field.ts",
		"worker/core/audit.ts",
		"worker/adapters/chain/connect.ts",
		"circuits/profiles/fixed-point.json",
	]) {
		await put(root, path, path);
	}
	return root;
};

test("the same sources have the same digest, in another folder too", async (context) => {
	assert.equal(await sourcesDigest(await repository(context)), await sourcesDigest(await repository(context)));
});

test("a changed, renamed, new or missing source, and other packages, make the build old", async (context) => {
	const root = await repository(context);
	const seen = new Set([await sourcesDigest(root)]);
	const changes = [
		() => put(root, "web/app/page.tsx", "changed"),
		() => put(root, "worker/protocol/field.ts", "changed"),
		() => put(root, "worker/adapters/chain/connect.ts", "changed"),
		() => put(root, "circuits/profiles/fixed-point.json", "changed"),
		() => put(root, "package-lock.json", "changed"),
		() => put(root, "web/app/audit/page.tsx", "new"),
		() => rm(join(root, "worker/core/audit.ts")),
		() => put(root, "worker/core/renamed.ts", "worker/core/audit.ts"),
	];
	for (const change of changes) {
		await change();
		seen.add(await sourcesDigest(root));
	}
	assert.equal(seen.size, changes.length + 1);
});

test("content that moves from one file to the next is a change", async (context) => {
	const root = await repository(context);
	await put(root, "web/a.ts", "12");
	await put(root, "web/b.ts", "3");
	const before = await sourcesDigest(root);
	await put(root, "web/a.ts", "1");
	await put(root, "web/b.ts", "23");
	assert.notEqual(await sourcesDigest(root), before);
});

test("what builds and compilers leave, and what pages can't import, changes nothing", async (context) => {
	const root = await repository(context);
	const before = await sourcesDigest(root);
	for (const path of [
		"web/.next/BUILD_ID",
		"web/.next-serving-1-abc/BUILD_ID",
		"web/next-env.d.ts",
		"web/tsconfig.tsbuildinfo",
		"worker/service/jobs.ts",
		"test/web/words.test.ts",
	]) {
		await put(root, path, "made");
	}
	assert.equal(await sourcesDigest(root), before);
});
