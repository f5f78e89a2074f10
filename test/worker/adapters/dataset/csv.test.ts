import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { formatCsv, readCsvRows } from "../../../../worker/adapters/dataset/csv.ts";
import { readSamples } from "../../../../worker/adapters/dataset/readSamples.ts";
import { rejectsWithCode } from "../../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { loadStudy, loadWdbc, WDBC_PATH } from "../../../support/wdbc.ts";

const PREPROCESSING = {
	labelColumn: "ill",
	columns: [
		{ name: "a", mean: 0, deviation: 1 },
		{ name: "b", mean: 0, deviation: 1 },
	],
};

const CLASSES = ["well", "ill"];

const read = (context: TestContext, text: string | Uint8Array, maxRows?: number) => {
	const path = join(temporaryFolder(context), "rows.csv");
	writeFileSync(path, text);
	return readCsvRows({ path, preprocessing: PREPROCESSING, classes: CLASSES, maxRows });
};

test("the embedded data set is complete: 569 rows, 212 malignant, known first row", async () => {
	const rows = await loadWdbc();
	assert.equal(rows.length, 569);
	assert.equal(rows.filter(({ label }) => label === 1).length, 212);
	assert.deepEqual(rows[0]?.features.slice(0, 4), [17.99, 1.095, 25.38, 10.38]);
	assert.equal(rows[0]?.label, 1);
	const samples = await readSamples({ path: WDBC_PATH, study: loadStudy(), maxRows: 1000 });
	assert.equal(samples[0]?.inputs.length, 30);
	// (17.99 - 14.086) / 3.49361 = 1.1175 deviations of 2
	assert.equal(samples[0]?.inputs[0], Math.round(128 + 64 * 1.11747));
});

test("columns may stand in any order, with a byte order mark, CRLF and empty lines", async (context) => {
	const rows = await read(context, "\uFEFFill,b, a\r\n1,2.5e-1,-3\r\n\r\n0, .5 ,+4.\r\n");
	assert.deepEqual(rows, [
		{ features: [-3, 0.25], label: 1 },
		{ features: [4, 0.5], label: 0 },
	]);
});

test("formatted rows read back to the same numbers", async (context) => {
	const rows = [
		{ features: [0.1 + 0.2, 1e-300], label: 1 as const },
		{ features: [-5, 123456789.125], label: 0 as const },
	];
	assert.deepEqual(await read(context, formatCsv(rows, PREPROCESSING)), rows);
	const named = { ...PREPROCESSING, labelColumn: 'a,"b' };
	const path = join(temporaryFolder(context), "quoted.csv");
	writeFileSync(path, formatCsv(rows, named));
	assert.deepEqual(await readCsvRows({ path, preprocessing: named, classes: CLASSES }), rows);
});

test("wrong columns are named by the study's names only: a file without its header shows no patient", async (context) => {
	const error = await rejectsWithCode(read(context, "11.5,77.25,1\n1,2,0\n"), "DATASET_SHAPE");
	assert.match(error.message, /3 missing \("a", "b", "ill"\)/);
	assert.doesNotMatch(error.message, /11\.5|77\.25/);
	await rejectsWithCode(read(context, "a,b\n1,2\n"), "DATASET_SHAPE");
	// Columns that the study does not use are left alone.
	assert.deepEqual(await read(context, "a,b,ill,name\n1,2,0,x\n"), [{ features: [1, 2], label: 0 }]);
	await rejectsWithCode(read(context, "a,b,b,ill\n1,2,2,0\n"), "DATASET_SHAPE");
});

test("a row of another length says its line, and neither message nor cause holds the row", async (context) => {
	for (const text of ["a,b,ill\n1,2,0\n987,654\n", 'a,b,ill\n1,2,0\n987,"654\n', 'a,b,ill\n1,2,0\n98"7,654,1\n']) {
		const error = await rejectsWithCode(read(context, text), "DATASET_SHAPE");
		assert.match(error.message, /line (3|4)/);
		assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${String(error.stack)}`, /987|654/);
		assert.equal(error.cause, undefined);
	}
});

test("a cell that is no finite decimal number is refused with line and column, never its value", async (context) => {
	for (const cell of [
		"",
		" ",
		"NaN",
		"Infinity",
		"-Infinity",
		"1e999",
		"0x10",
		"1,5".replace(",", "'"),
		"abc",
		"1_000",
		"--1",
	]) {
		const error = await rejectsWithCode(read(context, `a,b,ill\n1,2,0\n3,${cell},1\n`), "DATASET_VALUE");
		assert.match(error.message, /line 3, column "b"/);
		if (cell.trim() !== "") assert.ok(!error.message.replace(/^\S+rows\.csv/, "").includes(cell));
	}
});

test("an empty cell becomes the column's mean where the study says so, and only there", async (context) => {
	const path = join(temporaryFolder(context), "rows.csv");
	writeFileSync(path, "a,b,ill\n,2,0\nNA,?,1\n");
	const columns = [
		{ name: "a", mean: 7, deviation: 1 },
		{ name: "b", mean: -3, deviation: 1 },
	];
	const preprocessing = { ...PREPROCESSING, columns, missing: "mean" } as const;
	assert.deepEqual(await readCsvRows({ path, preprocessing, classes: CLASSES }), [
		{ features: [7, 2], label: 0 },
		{ features: [7, -3], label: 1 },
	]);
	await rejectsWithCode(readCsvRows({ path, preprocessing: PREPROCESSING, classes: CLASSES }), "DATASET_VALUE");
	writeFileSync(path, "a,b,ill\n1,2,\n");
	await rejectsWithCode(readCsvRows({ path, preprocessing, classes: CLASSES }), "DATASET_LABEL");
	writeFileSync(path, "a,b,ill\n1,two,1\n");
	await rejectsWithCode(readCsvRows({ path, preprocessing, classes: CLASSES }), "DATASET_VALUE");
});

test("a label is a class's name or number, and nothing else", async (context) => {
	assert.deepEqual(
		(await read(context, "a,b,ill\n1,2,well\n1,2, ill \n1,2,0\n1,2,1\n")).map(({ label }) => label),
		[0, 1, 0, 1],
	);
	for (const label of ["2", "-1", "", "M", "1.0", "true"]) {
		const error = await rejectsWithCode(read(context, `a,b,ill\n1,2,${label}\n`), "DATASET_LABEL");
		assert.match(error.message, /line 2, column "ill"/);
	}
});

test("empty, too large and unreadable files", async (context) => {
	await rejectsWithCode(read(context, ""), "DATASET_EMPTY");
	await rejectsWithCode(read(context, "a,b,ill\n"), "DATASET_EMPTY");
	await rejectsWithCode(read(context, "a,b,ill\n1,2,0\n1,2,0\n1,2,1\n", 2), "DATASET_TOO_LARGE");
	await rejectsWithCode(read(context, `a,b,ill\n${"9".repeat(70_000)},1,0\n`), "DATASET_SHAPE");
	const folder = temporaryFolder(context);
	mkdirSync(join(folder, "folder.csv"));
	for (const name of ["absent.csv", "folder.csv"]) {
		await rejectsWithCode(
			readCsvRows({ path: join(folder, name), preprocessing: PREPROCESSING, classes: CLASSES }),
			"DATASET_UNREADABLE",
		);
	}
	await rejectsWithCode(readSamples({ path: WDBC_PATH, study: loadStudy(), signal: AbortSignal.abort() }), "ABORTED");
});
