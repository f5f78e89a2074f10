/** Somebody's own study: several classes, momentum, pooling and a bound on updates, from its file and one CSV file of each of four hospitals alone. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { demoReportSchema } from "../../scripts/demo/report.ts";
import { createRandom } from "../../worker/core/dataset/random.ts";
import type { StudyFile } from "../../worker/protocol/study.ts";
import { digitsLikeSamples, loadDigitsLike } from "../support/digitsLike.ts";
import { outputOf, spawnDemo } from "../support/e2e/demoRun.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

const HOSPITALS = 4;
/** Of each clinic, of which the demo holds 30 % out: two batches are left to the first one, whose velocities go from one proof to the next; one to the others. */
const ROWS = [12, 6, 6, 6];

const columns = Array.from({ length: 64 }, (_, index) => `pixel ${index}`);

/** The tests' study of images as a table, with a step a segment: the velocities go from one proof to the next. */
const studyFile = (): StudyFile => {
	const { input, classes, layers, loss, optimizer, learningRate, batchSize, updateNormBound } = loadDigitsLike();
	return {
		...{ input, classes, layers, loss, optimizer, learningRate, batchSize, updateNormBound },
		name: "four-clinics",
		title: "Four clinics with files of their own",
		preprocessing: {
			kind: "table",
			labelColumn: "finding",
			sigmas: 2,
			columns: columns.map((name) => ({ name, mean: 100, deviation: 50 })),
		},
		epochs: 1,
		stepsPerSegment: 1,
		datasetDepth: 2,
		minSamples: 4,
		minBatches: 1,
		serverOptimizer: { kind: "fedavgm", momentum: 0.5 },
	};
};

/** With columns in an order of the clinic's own. */
const csvOf = (clinic: number, classes: readonly string[]): string => {
	const order = createRandom(`clinic ${clinic}`).shuffle([...columns.keys()]);
	const rows = digitsLikeSamples(ROWS[clinic] ?? 0, `clinic ${clinic}`).map(({ inputs, label }) =>
		[classes[label], ...order.map((column) => inputs[column])].join(","),
	);
	return [["finding", ...order.map((column) => columns[column])].join(","), ...rows, ""].join("\n");
};

test("a study of four clinics works from its file and their CSV files", async (context) => {
	const folder = temporaryFolder(context);
	const study = studyFile();
	const path = join(folder, "four-clinics.json");
	await writeFile(path, JSON.stringify(study));
	const files = Array.from({ length: HOSPITALS }, (_, clinic) => join(folder, `clinic-${clinic}.csv`));
	for (const [clinic, file] of files.entries()) await writeFile(file, csvOf(clinic, study.classes ?? []));
	const json = join(folder, "report.json");
	const options = ["--study", path, "--data", ...files, "--rounds", "1", "--json", json];
	const demo = spawnDemo([...options, "--folder", join(folder, "demo")]);
	const output = outputOf(demo);
	context.after(() => demo.kill("SIGKILL"));
	const [code] = await once(demo, "exit");
	assert.equal(code, 0, output());
	const report = demoReportSchema.parse(JSON.parse(await readFile(json, "utf8")));
	assert.equal(report.study, "four-clinics");
	assert.deepEqual(report.classes, study.classes);
	assert.deepEqual(
		report.hospitals.map(({ samples, batches }) => [samples, batches]),
		[
			[8, 2],
			[4, 1],
			[4, 1],
			[4, 1],
		],
	);
	assert.equal(report.passed, true);
	for (const { phase, equalsPlaintext, proofs, evaluation } of report.rounds) {
		assert.equal(phase, "Finalized");
		assert.equal(equalsPlaintext, true);
		assert.deepEqual([proofs.training, proofs.encryption], [HOSPITALS + 1, HOSPITALS]);
		assert.equal(evaluation.pooled.confusion.length, study.classes?.length);
		assert.equal(evaluation.perHospital.length, HOSPITALS);
	}
	// No clinic's rows are in what the command prints.
	for (const file of files) {
		for (const line of (await readFile(file, "utf8")).trim().split("\n").slice(1)) assert.ok(!output().includes(line));
	}
});
