/** What `npm run study -- check` and `estimate` say of a study's floor on a hospital's data set. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../scripts/checks/steps.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const study = (...args: readonly string[]) =>
	spawnSync(process.execPath, [join(ROOT, "scripts/study/main.ts"), ...args], { encoding: "utf8" });

test("a floor that only development chains accept is named", (context) => {
	assert.deepEqual(JSON.parse(study("check", "wdbc", "--json").stdout), {
		ok: true,
		name: "wdbc",
		leastSamples: 32,
		developmentOnly: [],
	});
	const path = join(temporaryFolder(context), "low.json");
	const wdbc = JSON.parse(readFileSync(join(ROOT, "studies/wdbc.json"), "utf8"));
	writeFileSync(path, JSON.stringify({ ...wdbc, minSamples: 16, minBatches: 3 }));
	const low = JSON.parse(study("check", path, "--json").stdout);
	assert.deepEqual([low.leastSamples, low.developmentOnly], [24, ["minSamples", "minBatches"]]);
	assert.match(study("check", path).stdout, /Only development chains accept its minSamples, minBatches\./);
});

test("a floor above what a data set holds is no study, and no estimate is below the floor", (context) => {
	const path = join(temporaryFolder(context), "high.json");
	const wdbc = JSON.parse(readFileSync(join(ROOT, "studies/wdbc.json"), "utf8"));
	for (const floor of [{ minSamples: 513 }, { minBatches: 65 }]) {
		writeFileSync(path, JSON.stringify({ ...wdbc, ...floor }));
		const { status, stderr } = study("check", path);
		assert.equal(status, 2);
		assert.match(stderr, new RegExp(`STUDY_INVALID[^]*${Object.keys(floor)[0]}`));
	}
	const { status, stderr } = study("estimate", "wdbc", "--samples", "24");
	assert.equal(status, 2);
	assert.match(stderr, /CONFIG_INVALID.*32 to 512 samples/);
});
