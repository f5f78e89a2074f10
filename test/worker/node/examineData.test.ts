import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readStudyFile } from "../../../worker/adapters/studyFile.ts";
import { formatDataReport } from "../../../worker/cli/formatDataReport.ts";
import { type DataReport, examineData } from "../../../worker/node/examineData.ts";
import { importData } from "../../../worker/node/importData.ts";
import { pngFile } from "../../support/data/images.ts";
import { imageStudy, tableStudy } from "../../support/data/studies.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const study = tableStudy();

/** Rows that nothing is wrong with: different, within the range, both classes, five whole batches. */
const GOOD: readonly string[] = Array.from(
	{ length: 20 },
	(_, index) => `${index / 10 - 1},${8 + index / 5},${index % 2}`,
);

const csv = (context: TestContext, rows: readonly string[], header = "a,b,state"): string => {
	const path = join(temporaryFolder(context), "rows.csv");
	writeFileSync(path, [header, ...rows].join("\n"));
	return path;
};

const examine = (context: TestContext, rows: readonly string[], test?: readonly string[]): Promise<DataReport> =>
	examineData({ path: csv(context, rows), study, ...(test === undefined ? {} : { test: csv(context, test) }) });

const kinds = ({ findings }: DataReport): readonly string[] => findings.map(({ kind }) => kind);

const found = (report: DataReport, kind: string) =>
	report.findings.find((finding) => finding.kind === kind) ??
	assert.fail(`${kind} is not among ${kinds(report).join()}`);

test("good rows: counts, batches, and nothing to say", async (context) => {
	const report = await examine(context, GOOD);
	assert.deepEqual(report.parts, [
		{ name: "train", kind: "csv", rows: 20, good: 20, classes: { well: 10, ill: 10 }, batches: 5, imageSizes: {} },
	]);
	assert.deepEqual(report.findings, []);
	assert.equal(report.exitCode, 0);
});

test("rows that fill no batch are a note, too few or too many are unusable", async (context) => {
	const leftOver = await examine(context, [...GOOD, "0.05,10.1,1"]);
	assert.equal(found(leftOver, "left-over").count, 1);
	assert.equal(leftOver.exitCode, 0);
	assert.equal((await examine(context, GOOD.slice(0, 3))).exitCode, 2);
	assert.deepEqual(kinds(await examine(context, [])), ["empty"]);
	// The study holds 2^4 batches of 4.
	const rows = Array.from({ length: 68 }, (_, index) => `${index / 50},${9 + index / 50},${index % 2}`);
	const many = await examine(context, rows);
	assert.match(found(many, "too-many").fix, /--rows 64/);
	assert.equal(many.exitCode, 2);
	assert.equal((await examine(context, rows.slice(0, 67))).exitCode, 0);
});

test("rows below the study's floor are unusable", async (context) => {
	const path = csv(context, GOOD);
	const least = { minSamples: 24, minBatches: 1 };
	const few = await examineData({ path, study: { ...study, ...least } });
	assert.match(found(few, "too-few").fix, /at least 24 rows/);
	assert.equal(few.exitCode, 2);
	assert.equal((await examineData({ path, study: { ...study, minSamples: 20, minBatches: 5 } })).exitCode, 0);
	assert.equal((await examineData({ path, study: { ...study, minSamples: 20, minBatches: 6 } })).exitCode, 2);
});

test("missing and wrong cells are counted by column and row, and never shown", async (context) => {
	const report = await examine(context, [...GOOD, ",777.5,1", "0.5,seventy,0", "0.25,,2"]);
	assert.equal(report.exitCode, 2);
	const refused = report.findings.filter(({ kind }) => kind === "DATASET_VALUE");
	assert.deepEqual(
		refused.map(({ message, rows }) => [message.includes('"a"'), rows]),
		[
			[true, [22]],
			[false, [23, 24]],
		],
	);
	assert.deepEqual(found(report, "DATASET_LABEL").rows, [24]);
	const missing = report.findings.filter(({ kind }) => kind === "missing");
	assert.deepEqual(
		missing.map(({ count }) => count),
		[1, 1],
	);
	for (const text of [formatDataReport(report), JSON.stringify(report)]) assert.doesNotMatch(text, /777|seventy/);
});

test("empty cells that the study fills are a note", async (context) => {
	const { preprocessing } = study;
	assert.ok(preprocessing.kind === "table");
	const filling = tableStudy({ preprocessing: { ...preprocessing, missing: "mean" } });
	const report = await examineData({ path: csv(context, [...GOOD.slice(0, 19), ",9,0"]), study: filling });
	assert.equal(found(report, "missing").count, 1);
	assert.equal(report.exitCode, 0);
});

test("constant, shifted and saturated columns", async (context) => {
	const constant = await examine(
		context,
		GOOD.map((row) => row.replace(/^[^,]*/, "0.5")),
	);
	assert.match(found(constant, "constant").message, /"a"/);
	assert.equal(constant.exitCode, 1);
	// Millimetres for centimetres.
	const shifted = await examine(
		context,
		GOOD.map((row) => row.split(",")).map(([a, b, state]) => `${a},${10 * Number(b)},${state}`),
	);
	assert.match(found(shifted, "shifted").message, /"b".*above/);
	assert.equal(found(shifted, "saturated").count, 20);
	assert.equal(shifted.exitCode, 1);
});

test("duplicates, conflicting labels, and rows that training and test share", async (context) => {
	const report = await examine(
		context,
		[...GOOD.slice(0, 16), GOOD[0] ?? "", GOOD[1] ?? "", "-1,8,1", "0.77,9,0"],
		[GOOD[5] ?? "", "0.3,9.99,1", GOOD[16] ?? ""],
	);
	assert.deepEqual(found(report, "duplicates").rows, [18, 19, 20]);
	assert.deepEqual(found(report, "conflicting-labels").rows, [2, 18, 20]);
	const leakage = found(report, "leakage");
	assert.deepEqual(
		{ part: leakage.part, rows: leakage.rows, count: leakage.count },
		{ part: "test", rows: [2], count: 1 },
	);
	assert.equal(report.exitCode, 1);
});

test("leakage is found between a store and a file too", async (context) => {
	const path = csv(context, GOOD);
	const out = join(temporaryFolder(context), "rows.dhd");
	await importData({ path, study, out });
	const report = await examineData({ path: out, study, test: path });
	assert.equal(found(report, "leakage").count, 20);
});

test("one class alone, and a rare one", async (context) => {
	const one = await examine(
		context,
		GOOD.map((row) => row.replace(/.$/, "1")),
	);
	assert.match(found(one, "class-missing").message, /"well"/);
	assert.equal(one.exitCode, 1);
	const rare = await examine(
		context,
		GOOD.map((row, index) => (index === 3 ? row : row.replace(/.$/, "0"))),
	);
	assert.equal(found(rare, "class-rare").count, 1);
	assert.equal(rare.exitCode, 0);
});

test("images: unreadable ones by line, sizes, blank ones", async (context) => {
	const folder = temporaryFolder(context);
	const lines = Array.from({ length: 8 }, (_, index) => `image${index}.png,${index % 2}`);
	for (let index = 0; index < 8; index++) {
		const side = index === 7 ? 8 : 4;
		const bytes = pngFile(side, side, (x, y) => (index === 2 ? 0 : 20 * index + 7 * x + y));
		writeFileSync(join(folder, `image${index}.png`), index === 5 ? bytes.subarray(0, 50) : bytes);
	}
	writeFileSync(join(folder, "labels.csv"), ["file,label", ...lines, "absent.png,1"].join("\n"));
	const report = await examineData({ path: folder, study: imageStudy() });
	assert.deepEqual(found(report, "DATASET_UNREADABLE").rows, [7, 10]);
	assert.deepEqual(found(report, "blank").rows, [4]);
	assert.equal(found(report, "image-sizes").count, 2);
	assert.deepEqual(report.parts[0]?.imageSizes, { "4 x 4": 6, "8 x 8": 1 });
	assert.equal(report.exitCode, 2);
	assert.doesNotMatch(`${formatDataReport(report)}${JSON.stringify(report.findings)}`, /image\d|absent/);
});

test("data that are none: a file that is no CSV is reported, a path that is not there refused", async (context) => {
	const report = await examineData({ path: csv(context, ['1,"2,0', ...GOOD]), study });
	assert.equal(report.exitCode, 2);
	assert.equal(report.findings[0]?.kind, "DATASET_SHAPE");
	await rejectsWithCode(examineData({ path: "/nowhere/rows.csv", study }), "DATASET_UNREADABLE");
	await rejectsWithCode(examineData({ path: csv(context, GOOD), study, split: "val" }), "DATASET_SHAPE");
});

const PNEUMONIA = fileURLToPath(new URL("../../../../shared/data/pneumoniamnist.npz", import.meta.url));
const absent = existsSync(PNEUMONIA) ? false : "../shared/data/pneumoniamnist.npz is not there";

test("PneumoniaMNIST: 18 repeats in train, 8 rows that train and val share, none in test", {
	skip: absent,
}, async () => {
	const report = await examineData({ path: PNEUMONIA, study: await readStudyFile("pneumonia-14") });
	assert.equal(report.findings.find(({ kind, part }) => kind === "duplicates" && part === "train")?.count, 18);
	assert.equal(found(report, "shared").count, 8);
	assert.ok(!kinds(report).includes("leakage"));
});
