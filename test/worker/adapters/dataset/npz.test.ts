import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { openRawDataset } from "../../../../worker/adapters/dataset/openRawDataset.ts";
import { type ReadSamplesOptions, readSamples } from "../../../../worker/adapters/dataset/readSamples.ts";
import { readStudyFile } from "../../../../worker/adapters/studyFile.ts";
import { countClasses } from "../../../../worker/core/dataset/labels.ts";
import { npyFile, npzFile, plainSplit } from "../../../support/data/npz.ts";
import { imageStudy, tableStudy } from "../../../support/data/studies.ts";
import { rejectsWithCode } from "../../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const fileOf = (context: TestContext, bytes: Uint8Array, name = "set.npz"): string => {
	const path = join(temporaryFolder(context), name);
	writeFileSync(path, bytes);
	return path;
};

const read = (context: TestContext, bytes: Uint8Array, options: Partial<ReadSamplesOptions> = {}) =>
	readSamples({ path: fileOf(context, bytes), study: imageStudy(), ...options });

test("an archive in MedMNIST's layout: its splits, by default the one for training", async (context) => {
	const bytes = npzFile({ ...plainSplit("train", 6, 4), ...plainSplit("test", 3, 4) });
	const path = fileOf(context, bytes);
	const { splits, split, kind } = await openRawDataset(path, imageStudy());
	assert.deepEqual({ splits, split, kind }, { splits: ["train", "test"], split: "train", kind: "npz" });
	const samples = await readSamples({ path, study: imageStudy() });
	assert.deepEqual(
		samples.map(({ inputs, label }) => [inputs[0], inputs[15], label]),
		[0, 1, 2, 3, 4, 5].map((index) => [index, index, index % 2]),
	);
	assert.equal((await readSamples({ path, study: imageStudy(), split: "test" })).length, 3);
	const error = await rejectsWithCode(readSamples({ path, study: imageStudy(), split: "val" }), "DATASET_SHAPE");
	assert.match(error.nextStep, /train, test/);
	await rejectsWithCode(readSamples({ path, study: imageStudy(), maxRows: 5 }), "DATASET_TOO_LARGE");
	await rejectsWithCode(readSamples({ path, study: imageStudy(), signal: AbortSignal.abort() }), "ABORTED");
	await rejectsWithCode(readSamples({ path, study: tableStudy() }), "DATASET_UNSUPPORTED");
});

test("colour images, stored archives and labels of other integer types", async (context) => {
	const images = { data: Uint8Array.from({ length: 2 * 48 }, (_, at) => at), shape: [2, 4, 4, 3] };
	const labels = { data: BigInt64Array.of(1n, 0n), shape: [2] };
	const study = imageStudy({ input: { height: 4, width: 4, channels: 3 } });
	const samples = await read(context, npzFile({ train_images: images, train_labels: labels }, 0), { study });
	assert.deepEqual([...(samples[1]?.inputs ?? [])], [...images.data.subarray(48)]);
	assert.deepEqual(
		samples.map(({ label }) => label),
		[1, 0],
	);
});

test("archives that are something else or damaged are refused by code", async (context) => {
	const good = plainSplit("train", 4, 4);
	const { train_images: images, train_labels: labels } = good;
	assert.ok(images !== undefined && labels !== undefined);
	const bytes = npzFile(good);
	const refused = (
		code: "DATASET_UNREADABLE" | "DATASET_LABEL" | "DATASET_UNSUPPORTED" | "DATASET_TOO_LARGE",
		content: Uint8Array,
	) => rejectsWithCode(read(context, content), code);
	await refused("DATASET_UNREADABLE", bytes.subarray(0, bytes.length - 30));
	await refused("DATASET_UNSUPPORTED", npzFile({ images }));
	await refused("DATASET_UNSUPPORTED", zipSync({ "sheet.xml": Uint8Array.of(1) }));
	await refused(
		"DATASET_UNREADABLE",
		npzFile({ train_images: { ...images, data: Uint16Array.from(images.data as Uint8Array) }, train_labels: labels }),
	);
	await refused("DATASET_UNREADABLE", npzFile({ train_images: { ...images, shape: [4, 16] }, train_labels: labels }));
	await refused("DATASET_UNREADABLE", npzFile({ train_images: { ...images, shape: [5, 4, 4] }, train_labels: labels }));
	await refused("DATASET_UNREADABLE", npzFile({ train_images: images, train_labels: { ...labels, shape: [2, 2] } }));
	await refused("DATASET_UNREADABLE", npzFile({ ...good, ...plainSplit("train", 5, 4), train_labels: labels }));
	await refused("DATASET_LABEL", npzFile(plainSplit("train", 4, 4, 3)));
	const fortran = Buffer.from(npyFile(images))
		.toString("latin1")
		.replace("'fortran_order':False,", "'fortran_order':True ,");
	await refused(
		"DATASET_UNREADABLE",
		zipSync({ "train_images.npy": Buffer.from(fortran, "latin1"), "train_labels.npy": npyFile(labels) }),
	);
	await refused(
		"DATASET_UNREADABLE",
		zipSync({ "train_images.npy": Uint8Array.of(1, 2), "train_labels.npy": npyFile(labels) }),
	);
});

test("an array that would unpack to gigabytes is refused by what the archive says, and lies are found", async (context) => {
	const bytes = Buffer.from(npzFile(plainSplit("train", 64, 32)));
	const directory = bytes.indexOf(Buffer.of(0x50, 0x4b, 1, 2));
	const size = bytes.readUInt32LE(directory + 24);
	bytes.writeUInt32LE(2 ** 31, directory + 24);
	await rejectsWithCode(read(context, bytes), "DATASET_TOO_LARGE");
	for (const lie of [size - 1, size + 1]) {
		bytes.writeUInt32LE(lie, directory + 24);
		await rejectsWithCode(read(context, bytes), "DATASET_UNREADABLE");
	}
	bytes.writeUInt32LE(size, directory + 24);
	assert.equal((await read(context, bytes)).length, 64);
	bytes.writeUInt32LE(1, directory + 16);
	const error = await rejectsWithCode(read(context, bytes), "DATASET_UNREADABLE");
	assert.match(error.message, /checksum/);
});

const PNEUMONIA = fileURLToPath(new URL("../../../../../shared/data/pneumoniamnist.npz", import.meta.url));
const absent = existsSync(PNEUMONIA) ? false : "../shared/data/pneumoniamnist.npz is not there";

test("PneumoniaMNIST: counts of its publication, 14 x 14 averages of the 28 x 28 pixels", {
	skip: absent,
}, async () => {
	const study = await readStudyFile("pneumonia-14");
	const counts = await Promise.all(
		["train", "val", "test"].map(async (split) =>
			countClasses(await readSamples({ path: PNEUMONIA, study, split }), study.classes),
		),
	);
	assert.deepEqual(counts, [
		{ normal: 1214, pneumonia: 3494 },
		{ normal: 135, pneumonia: 389 },
		{ normal: 234, pneumonia: 390 },
	]);
	const raw = await openRawDataset(PNEUMONIA, study, { split: "val" });
	const small = await readSamples({ path: PNEUMONIA, study, split: "val" });
	let index = 0;
	for await (const entry of raw.entries()) {
		assert.ok("value" in entry && entry.value.kind === "image");
		const { samples } = entry.value.image;
		const at = (y: number, x: number): number => samples[28 * y + x] ?? Number.NaN;
		const expected = Array.from({ length: 196 }, (_, pixel) => {
			const [y, x] = [2 * Math.floor(pixel / 14), 2 * (pixel % 14)];
			return Math.floor((at(y, x) + at(y, x + 1) + at(y + 1, x) + at(y + 1, x + 1) + 2) / 4);
		});
		assert.deepEqual([...(small[index]?.inputs ?? [])], expected);
		index += 1;
		if (index === 20) break;
	}
	assert.equal(index, 20);
});
