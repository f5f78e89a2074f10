import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { draftFromImages, draftFromTables } from "../../../scripts/study/draft.ts";
import { shapeOf } from "../../../scripts/study/draftNetwork.ts";
import { readSamples } from "../../../worker/adapters/dataset/readSamples.ts";
import { commitDataset } from "../../../worker/core/dataset/commit.ts";
import { trainingConstraints } from "../../../worker/core/estimate/trainingConstraints.ts";
import { areaUnderRoc } from "../../../worker/core/metrics/auc.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { predict } from "../../../worker/core/training/predict.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { examineData } from "../../../worker/node/examineData.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { learningRateInteger, type StudyFile, studySchema } from "../../../worker/protocol/study.ts";
import { pngFile } from "../../support/data/images.ts";
import { npzFile, plainSplit } from "../../support/data/npz.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";
import { WDBC_PATH } from "../../support/wdbc.ts";

const csv = (context: TestContext, text: string, name = "My Table (2).csv"): string => {
	const path = join(temporaryFolder(context), name);
	writeFileSync(path, text);
	return path;
};

const columnsOf = ({ preprocessing }: StudyFile) =>
	preprocessing.kind === "table" ? preprocessing.columns : assert.fail();

test("a table becomes a study: statistics, classes, and why columns are left out", async (context) => {
	const rows = Array.from(
		{ length: 40 },
		(_, row) =>
			`${100 + row},${row % 7},${row % 2 ? "m" : "f"},5,${row < 4 ? "" : row / 10},${row % 3 ? "healthy" : "ill"}`,
	);
	const path = csv(context, ["patient_id,a,sex,same,b,state", ...rows].join("\n"));
	const { study: file, notes } = await draftFromTables([path], { label: "state" });
	const study = studySchema.parse(file);
	assert.equal(study.name, "my-table-2");
	assert.deepEqual(study.classes, ["healthy", "ill"]);
	assert.deepEqual(
		columnsOf(file).map(({ name }) => name),
		["a", "b"],
	);
	// Of the 36 cells that are not empty: (4 + ... + 39) / 36 / 10.
	assert.deepEqual(columnsOf(file)[1], { name: "b", mean: 2.15, deviation: 1.03883 });
	assert.ok(study.preprocessing.kind === "table" && study.preprocessing.missing === "mean");
	for (const [name, why] of [
		["patient_id", "identifier"],
		["sex", "not numbers"],
		["same", "one value"],
	] as const) {
		assert.ok(
			notes.some((note) => note.includes(`"${name}"`) && note.includes(why)),
			name,
		);
	}
	assert.equal((await examineData({ path, study })).exitCode, 0);
	const positive = await draftFromTables([path], { label: "state", positive: "healthy", ignored: ["a"] });
	assert.deepEqual(positive.study.classes, ["ill", "healthy"]);
	assert.equal(columnsOf(positive.study).length, 1);
	await rejectsWithCode(draftFromTables([path], { label: "state", positive: "dead" }), "STUDY_INVALID");
});

test("more classes get softmax, numbers in their order", async (context) => {
	const rows = Array.from({ length: 60 }, (_, row) => `${row},${row * row},${[10, 2, 1][row % 3]}`);
	const { study } = await draftFromTables([csv(context, ["a,b,grade", ...rows].join("\n"))], { label: "grade" });
	assert.deepEqual(study.classes, ["1", "2", "10"]);
	assert.equal(studySchema.parse(study).loss, "softmax-cross-entropy");
});

test("what is no table of classes is refused by code", async (context) => {
	const draft = (text: string, label = "y") => draftFromTables([csv(context, text)], { label });
	await rejectsWithCode(draft("1,2\n3,4\n"), "DATASET_SHAPE");
	await rejectsWithCode(draft("a,b\n3,4\n"), "DATASET_LABEL");
	await rejectsWithCode(draft("a,y\n1,0\n2,0\n"), "DATASET_LABEL");
	await rejectsWithCode(
		draft(["a,y", ...Array.from({ length: 30 }, (_, row) => `1,${row}`)].join("\n")),
		"DATASET_LABEL",
	);
	await rejectsWithCode(draft("a,y\n"), "DATASET_EMPTY");
	await rejectsWithCode(draft("a,y\nx,0\ny,1\n"), "STUDY_INVALID");
	await rejectsWithCode(draft("a,a,y\n1,2,0\n2,3,1\n"), "DATASET_SHAPE");
	await rejectsWithCode(draftFromTables(["/nowhere.csv"], { label: "y" }), "DATASET_UNREADABLE");
});

test("any number of columns up to hundreds has a network that the schema takes", async (context) => {
	for (const count of [1, 2, 13, 64, 67, 300]) {
		const names = Array.from({ length: count }, (_, column) => `c${column}`);
		const rows = Array.from({ length: 24 }, (_, row) =>
			[...names.map((_name, column) => (row * ((column % 7) + 1)) % 11), row % 2].join(","),
		);
		const { study } = await draftFromTables([csv(context, [[...names, "y"].join(","), ...rows].join("\n"))], {
			label: "y",
		});
		const parsed = studySchema.parse(study);
		const inputs = parsed.input.height * parsed.input.width * parsed.input.channels;
		assert.equal(inputs, columnsOf(study).length);
		// 67 is a prime above 64: one column has no place.
		assert.equal(inputs, count === 67 ? 66 : count);
		assert.ok(trainingConstraints(parsed).total < 2 ** 17);
	}
	assert.deepEqual(shapeOf(30), { height: 30, width: 1, channels: 1 });
	assert.equal(shapeOf(127), undefined);
});

test("images: an archive and a folder", async (context) => {
	const folder = temporaryFolder(context);
	const archive = join(folder, "set.npz");
	writeFileSync(archive, npzFile(plainSplit("train", 40, 28)));
	const { study } = await draftFromImages(archive, { label: "label", fileColumn: "file", size: 14 });
	assert.equal((await readSamples({ path: archive, study: studySchema.parse(study) })).length, 40);
	const images = join(folder, "images");
	mkdirSync(images);
	const lines = Array.from({ length: 6 }, (_, index) => `${index}.png,${index % 3 ? "normal" : "other"}`);
	for (let index = 0; index < 6; index++)
		writeFileSync(
			join(images, `${index}.png`),
			pngFile(20, 20, (x, y) => x * index + y),
		);
	writeFileSync(join(images, "labels.csv"), ["name,finding", ...lines].join("\n"));
	const drafted = await draftFromImages(images, { label: "finding", fileColumn: "name", size: 8, positive: "other" });
	assert.deepEqual(drafted.study.classes, ["normal", "other"]);
	const samples = await readSamples({ path: images, study: studySchema.parse(drafted.study) });
	assert.deepEqual(
		samples.map(({ label }) => label),
		[1, 0, 0, 1, 0, 0],
	);
});

test("four hospitals with files of their own learn together from a drafted study alone", async (context) => {
	const folder = temporaryFolder(context);
	const [header = "", ...rows] = readFileSync(WDBC_PATH, "utf8").trim().split("\n");
	const cuts = [0, 120, 200, 330, 400, rows.length];
	const [one = "", two = "", three = "", four = "", held = ""] = cuts.slice(1).map((end, index) => {
		const path = join(folder, `hospital-${index}.csv`);
		writeFileSync(path, [header, ...rows.slice(cuts[index], end)].join("\n"));
		return path;
	});
	const { study: file } = await draftFromTables([one, two, three, four], { label: "malignant", name: "four" });
	const study = studySchema.parse(JSON.parse(JSON.stringify(file)));
	const datasets = await Promise.all(
		[one, two, three, four].map(async (path, index) => {
			assert.ok((await examineData({ path, study, test: held })).exitCode < 2);
			return commitDataset({
				study,
				samples: await readSamples({ path, study }),
				seed: new Uint8Array(32).fill(index),
			});
		}),
	);
	const learningRate = learningRateInteger(study.learningRate);
	let weights = initialWeights(study, standInDeployment("four"));
	for (let round = 0; round < 2; round++) {
		const updates = datasets.map(({ batches, sampleCount }) => ({
			sampleCount,
			weights: trainRound({ study, batches, weights, beacon: round, learningRate, epochs: study.epochs }),
		}));
		const total = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
		weights = weights.map((_, index) =>
			Math.round(updates.reduce((sum, update) => sum + update.sampleCount * (update.weights[index] ?? 0), 0) / total),
		);
	}
	const test = await readSamples({ path: held, study });
	const scoresOf = (wanted: number): readonly number[] =>
		test.filter(({ label }) => label === wanted).map(({ inputs }) => predict(study, weights, inputs));
	const { value } = areaUnderRoc(scoresOf(1), scoresOf(0));
	assert.ok(value !== null && value > 0.97, `AUC ${value}`);
});
