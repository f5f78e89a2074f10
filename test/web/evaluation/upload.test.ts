/** Files that somebody tries a model with: read whole or refused, and never quoted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { unzipSync } from "fflate";
import { PNG } from "pngjs";
import { approximateValues, predictRows } from "../../../web/lib/inference/predictions.ts";
import { downloadReadme } from "../../../web/lib/inference/readme.ts";
import { layersModelArchive, predictWithTensorFlow } from "../../../web/lib/inference/tensorFlow.ts";
import {
	MOST_UPLOAD_BYTES,
	MOST_UPLOAD_ROWS,
	readUpload,
	type UploadPorts,
} from "../../../web/lib/inference/upload.ts";
import { decodePng } from "../../../worker/adapters/dataset/png.ts";
import { MODEL_FILE, predictWithFiles, WEIGHTS_FILE } from "../../../worker/adapters/tensorflow/layersModelFiles.ts";
import { imageInputs } from "../../../worker/core/dataset/image.ts";
import { quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { encodeStore } from "../../../worker/core/dataset/store.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { createPredictor } from "../../../worker/core/training/predict.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { type Study, studySchema } from "../../../worker/protocol/study.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { loadStudy, loadWdbc, WDBC_PATH } from "../../support/wdbc.ts";

const study = loadStudy();
const CANARY = "canary-4711";
const noImage: UploadPorts = { decodeImage: () => assert.fail("no image was given") };

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));
const read = (content: string | Uint8Array, of: Study = study, ports = noImage) =>
	readUpload(
		{ name: "rows.csv", bytes: typeof content === "string" ? bytesOf(content) : Uint8Array.from(content) },
		of,
		ports,
	);
const refuses = async (content: string | Uint8Array, code: Parameters<typeof rejectsWithCode>[1], of?: Study) => {
	const { message, nextStep } = await rejectsWithCode(read(content, of), code);
	assert.ok(!message.includes(CANARY) && !nextStep.includes(CANARY), message);
};

test("the embedded table: the same inputs and labels as the worker reads", async () => {
	const [rows, expected] = [await read(readFileSync(WDBC_PATH)), await loadWdbc()];
	assert.equal(rows.length, expected.length);
	assert.deepEqual(
		rows.map(({ inputs, label }) => ({ inputs, label })),
		expected.map(({ features, label }) => ({ inputs: quantizeRow(features, study.preprocessing), label })),
	);
	assert.equal(rows[0]?.where, "line 2");
});

test("a prediction needs no label, and columns in any order", async () => {
	const names = study.preprocessing.columns.map(({ name }) => name);
	const values = study.preprocessing.columns.map(({ mean }) => mean);
	const [row] = await read(`${names.toReversed().join(",")}\n${values.toReversed().join(",")}\n`);
	assert.equal(row?.label, undefined);
	assert.deepEqual(row?.inputs, new Uint8Array(30).fill(128));
});

test("wrong files are refused by code, and nothing of them is quoted", async () => {
	const header = readFileSync(WDBC_PATH, "utf8").split("\n")[0] ?? "";
	await refuses("", "DATASET_EMPTY");
	await refuses(header, "DATASET_EMPTY");
	await refuses(`${CANARY},b\n1,2\n`, "DATASET_SHAPE");
	await refuses(`${header}\n${CANARY}\n`, "DATASET_SHAPE");
	await refuses(`${header}\n"${CANARY}\n`, "DATASET_SHAPE");
	await refuses(Uint8Array.of(0xff, 0xfe, 0x80, 0x80), "DATASET_SHAPE");
	const cells = header.split(",").map(() => "1");
	await refuses(`${header}\n${[CANARY, ...cells.slice(1)].join(",")}\n`, "DATASET_VALUE");
	const labelled = header.split(",").map((name) => (name.trim() === study.preprocessing.labelColumn ? CANARY : "1"));
	await refuses(`${header}\n${labelled.join(",")}\n`, "DATASET_LABEL");
	await refuses(new Uint8Array(MOST_UPLOAD_BYTES + 1), "DATASET_TOO_LARGE");
	await refuses(`a\n${"1\n".repeat(MOST_UPLOAD_ROWS + 1)}`, "DATASET_TOO_LARGE");
});

test("a normalized store of the study, and of no other", async () => {
	const samples = [{ inputs: new Uint8Array(30).fill(7), label: 1 }];
	assert.deepEqual(await read(encodeStore(study, samples)), [{ ...samples[0], where: "row 1" }]);
	await refuses(encodeStore({ ...study, name: "other" }, samples), "DATASET_FOREIGN");
});

const images = studySchema.parse(
	JSON.parse(readFileSync(new URL("../../../studies/pneumonia-14.json", import.meta.url), "utf8")),
);

test("an image becomes the inputs that the worker makes of it", async () => {
	const png = new PNG({ width: 32, height: 28 });
	for (let at = 0; at < png.data.length; at += 4) png.data.fill((at / 4) % 251, at, at + 3).fill(255, at + 3, at + 4);
	const bytes = PNG.sync.write(png);
	// The browser's decoder, of which a test of Node has none.
	const decodeImage: UploadPorts["decodeImage"] = async () => ({
		width: 32,
		height: 28,
		data: new Uint8Array(png.data),
	});
	const [row] = await read(bytes, images, { decodeImage });
	assert.ok(images.preprocessing.kind === "image");
	const { input, preprocessing } = images;
	assert.deepEqual(row?.inputs, imageInputs(decodePng(bytes, "x"), { input, preprocessing }));
	await rejectsWithCode(
		read(bytes, images, { decodeImage: () => Promise.reject(new Error("no")) }),
		"DATASET_UNREADABLE",
	);
	await rejectsWithCode(read(bytes, study), "DATASET_UNSUPPORTED");
	await rejectsWithCode(read("a,b\n1,2\n", images), "DATASET_UNSUPPORTED");
});

test("TensorFlow.js and the fixed point beside each other", async () => {
	const weights = initialWeights(study, standInDeployment("try it"));
	const rows = (await read(readFileSync(WDBC_PATH))).slice(0, 40);
	const floats = await predictWithTensorFlow(
		study,
		weights,
		rows.map(({ inputs }) => inputs),
	);
	const predictions = predictRows(study, weights, rows, floats);
	const predict = createPredictor(study, weights);
	for (const [index, { fixed, float, difference, predicted, label }] of predictions.entries()) {
		assert.deepEqual(fixed, predict(rows[index]?.inputs ?? new Uint8Array()).probabilities);
		assert.equal(float.length, 2);
		assert.ok(difference < 0.02, `row ${index} differs by ${difference}`);
		assert.equal(predicted, Number((fixed[1] ?? 0) >= 0.5));
		assert.equal(label, rows[index]?.label);
	}
	assert.ok(
		predictions.some(({ difference }) => difference > 0),
		"two implementations do not agree in every bit",
	);
});

test("the download holds the files that the page predicts with", async () => {
	const weights = initialWeights(study, standInDeployment("download"));
	const archive = unzipSync(
		await layersModelArchive(study, weights, { folder: "model-2", readme: "Not for clinical use." }),
	);
	assert.deepEqual(Object.keys(archive).toSorted(), [
		"model-2/README.txt",
		"model-2/model.json",
		"model-2/weights.bin",
	]);
	const files = {
		[MODEL_FILE]: archive["model-2/model.json"] as Uint8Array,
		[WEIGHTS_FILE]: archive["model-2/weights.bin"] as Uint8Array,
	};
	const inputs = [new Uint8Array(30).fill(130), new Uint8Array(30).fill(90)];
	assert.deepEqual(await predictWithFiles(study, files, inputs), await predictWithTensorFlow(study, weights, inputs));
});

test("inputs as the measurements that they stand for", () => {
	const [first] = approximateValues(new Uint8Array(30).fill(128), study);
	assert.equal(first?.value, study.preprocessing.columns[0]?.mean);
	assert.deepEqual(approximateValues(new Uint8Array(196), images), []);
});

test("the note beside a download says what goes in, what comes out, and what it is not for", () => {
	const record = { studyId: 1n, modelId: 3n, commitment: 255n, digest: `0x${"ab".repeat(32)}` as const };
	const text = downloadReadme(study, record);
	assert.match(text, /NOT FOR CLINICAL USE/);
	assert.match(text, /probability of "malignant"/);
	assert.ok(study.preprocessing.columns.every(({ name }) => text.includes(`  ${name}: mean`)));
	assert.match(text, /0x0{62}ff/);
	assert.match(text, /bafkrei/);
	assert.match(downloadReadme(images, record), /\[rows, 14, 14, 1\]/);
});
