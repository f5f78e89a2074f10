/** `npm run simulate` as a process: what it prints, writes and refuses. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SimulationReport } from "../../../scripts/simulate/report.ts";

const MAIN = fileURLToPath(new URL("../../../scripts/simulate/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "decentrahealth-"));
after(() => rmSync(folder, { recursive: true }));

const simulate = (...args: string[]) => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
	return { status, stdout, stderr };
};

test("wdbc with baselines: a table that says that nothing is proven, JSON and a page without scripts", () => {
	const [json, html] = [join(folder, "report.json"), join(folder, "report.html")];
	const { status, stdout, stderr } = simulate("--rounds", "2", "--samples", "40", "--json", json, "--html", html);
	assert.equal(status, 0, stderr);
	assert.match(stdout, /Nothing here is proven/);
	assert.match(stdout, /fixed point, round 2/);
	assert.match(stdout, /float FedAvg, last round/);
	const report = JSON.parse(readFileSync(json, "utf8")) as SimulationReport;
	assert.equal(report.proven, false);
	const [seed] = report.seeds;
	assert.deepEqual(
		seed?.classCounts.map((counts) => counts.reduce((sum, count) => sum + count, 0)),
		[40, 40, 40],
	);
	assert.equal(report.testSamples, 209);
	assert.equal(seed?.steps, 2 * 3 * 5);
	const [first, last] = report.summary.rounds;
	assert.ok((last?.fixed.auc?.mean ?? 0) > 0.9 && (first?.fixed.auc?.mean ?? 0) > 0.8);
	// The fixed point follows the floats.
	assert.ok(Math.abs((last?.fixed.auc?.mean ?? 0) - (last?.float?.auc?.mean ?? 1)) < 0.01);
	assert.ok((report.summary.central?.auc?.mean ?? 0) > 0.9 && (report.summary.local?.auc?.mean ?? 0) > 0.8);
	const page = readFileSync(html, "utf8");
	assert.match(page, /Nothing here is proven/);
	assert.equal(page.match(/<svg /g)?.length, 4);
	// References within the page's own drawings stay.
	assert.equal(/<script|<link|src=|@import|url\((?!#)/.exec(page), null);
	assert.deepEqual(readdirSync(folder).toSorted(), ["report.html", "report.json"]);
});

test("several seeds on several threads: a report a seed, in order, and the same again", () => {
	const run = (name: string) => {
		const json = join(folder, name);
		const options = ["--rounds", "1", "--seeds", "3", "--partition", "dirichlet:0.5", "--no-baselines", "--json", json];
		assert.equal(simulate(...options).status, 0);
		const { seeds } = JSON.parse(readFileSync(json, "utf8")) as SimulationReport;
		return seeds.map(({ trainingSeconds: _, ...rest }) => rest);
	};
	const first = run("one.json");
	assert.deepEqual(
		first.map(({ seed }) => seed),
		["simulation", "simulation-2", "simulation-3"],
	);
	assert.ok(first.every(({ baselines }) => baselines === null));
	assert.notDeepEqual(first[0]?.rounds, first[1]?.rounds);
	assert.deepEqual(run("two.json"), first);
});

test("a deployment's own start is another than the stand-in's, and every repetition's", () => {
	const run = (name: string, ...more: readonly string[]) => {
		const json = join(folder, name);
		const options = ["--rounds", "1", "--seeds", "2", "--no-baselines", "--json", json, ...more];
		assert.equal(simulate(...options).status, 0);
		const { seeds } = JSON.parse(readFileSync(json, "utf8")) as SimulationReport;
		return seeds.map(({ rounds }) => rounds);
	};
	const place = (chainId: number) => ["--deployment", `${chainId}:0x3333333333333333333333333333333333333333`];
	const [standIn, one, other] = [run("none.json"), run("one.json", ...place(1)), run("other.json", ...place(2))];
	assert.notDeepEqual(standIn, one);
	assert.notDeepEqual(one, other);
	assert.deepEqual(one, run("again.json", ...place(1)));
});

test("refusals are coded, say what to do, and leave no file", () => {
	const noStudy = join(folder, "broken.json");
	writeFileSync(noStudy, "{}");
	for (const [args, expected] of [
		[["--samples", "7"], /CONFIG_INVALID.*less than one batch of 8/],
		[["--study", noStudy], /STUDY_INVALID/],
		[["--data", join(folder, "missing.csv")], /DATASET_UNREADABLE/],
		[["--partition", "dirichlet:0"], /not one of iid, dirichlet:ALPHA/],
		[["--deployment", "sepolia"], /not a chain id, a colon and an address/],
		[["--html", join(folder, "missing/report.html")], /CONFIG_INVALID.*can't be written/],
	] as const) {
		const { status, stderr } = simulate(...args, "--no-baselines");
		assert.equal(status, 1, args.join(" "));
		assert.match(stderr, expected);
		assert.doesNotMatch(stderr, /\n\s+at /);
	}
});
