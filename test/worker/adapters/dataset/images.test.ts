import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSamples } from "../../../../worker/adapters/dataset/readSamples.ts";
import type { Study } from "../../../../worker/protocol/study.ts";
import {
	type DicomSlice,
	dicomFile,
	EXPLICIT_LITTLE,
	IMPLICIT_LITTLE,
	PATIENT,
	textElement,
	usElement,
} from "../../../support/data/dicom.ts";
import { jpegFile, pngFile } from "../../../support/data/images.ts";
import { imageStudy } from "../../../support/data/studies.ts";
import { rejectsWithCode } from "../../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

type Files = Readonly<Record<string, Uint8Array | string>>;

const folderOf = (context: TestContext, files: Files): string => {
	const folder = temporaryFolder(context);
	for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
	return folder;
};

const read = (context: TestContext, files: Files, study: Study = imageStudy()) =>
	readSamples({ path: folderOf(context, files), study });

const SECRET = "mueller-1961.png";
const one = (name: string, content: Uint8Array): Files => ({
	"labels.csv": `file,label\n${name},ill\n`,
	[name]: content,
});
const gradient = (x: number, y: number): number => 16 * y + 60 * x;

test("a folder of PNG and JPEG: found by content, labelled by name or number, other columns left alone", async (context) => {
	const samples = await read(context, {
		"list.csv": "age,label,file\n50,well,a.png\n51,1,b.dat\n",
		"a.png": pngFile(4, 4, gradient),
		"b.dat": jpegFile(8, 8, () => 90),
	});
	assert.deepEqual(
		samples.map(({ label }) => label),
		[0, 1],
	);
	assert.deepEqual(
		[...(samples[0]?.inputs ?? [])],
		Array.from({ length: 16 }, (_, at) => gradient(at % 4, at >> 2)),
	);
	assert.ok(samples[1]?.inputs.every((input) => Math.abs(input - 90) <= 1));
});

test("colour PNG, 16-bit PNG by way of the study's channels", async (context) => {
	const study = imageStudy({ input: { height: 2, width: 2, channels: 3 } });
	const [sample] = await read(
		context,
		one(
			"a.png",
			pngFile(2, 2, (x, y) => [10 * x, 20 * y, 30]),
		),
		study,
	);
	assert.deepEqual([...(sample?.inputs ?? [])], [0, 0, 30, 10, 0, 30, 0, 20, 30, 10, 20, 30]);
});

test("a labels file may be named itself, and images may lie in folders below it", async (context) => {
	const folder = folderOf(context, { "train.csv": "file,label\nsub/a.png,ill\n", "other.csv": "x\n" });
	mkdirSync(join(folder, "sub"));
	writeFileSync(
		join(folder, "sub", "a.png"),
		pngFile(4, 4, () => 5),
	);
	const samples = await readSamples({ path: join(folder, "train.csv"), study: imageStudy() });
	assert.deepEqual([...(samples[0]?.inputs ?? [])], new Array(16).fill(5));
	await rejectsWithCode(readSamples({ path: folder, study: imageStudy() }), "DATASET_UNSUPPORTED");
});

test("no refusal quotes an image's name", async (context) => {
	const cases = {
		DATASET_UNREADABLE: [
			{ "labels.csv": `file,label\n${SECRET},ill\n` },
			one(SECRET, pngFile(4, 4, gradient).subarray(0, 60)),
			one(SECRET, Buffer.concat([pngFile(4, 4, gradient).subarray(0, 40), Buffer.alloc(60, 7)])),
			one(SECRET, jpegFile(8, 8, gradient).subarray(0, 200)),
			one(SECRET, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4)),
		],
		DATASET_UNSUPPORTED: [
			one(SECRET, Buffer.from("GIF89a")),
			one(SECRET, new Uint8Array(0)),
			one(SECRET, pngFile(4, 4, gradient, 128)),
		],
		DATASET_LABEL: [{ "labels.csv": `file,label\n${SECRET},healthy\n`, [SECRET]: pngFile(4, 4, gradient) }],
		DATASET_VALUE: [
			{ "labels.csv": `file,label\n../${SECRET},ill\n` },
			{ "labels.csv": "file,label\n,ill\n" },
			{ "labels.csv": `file,label\n/tmp/${SECRET},ill\n` },
		],
		DATASET_SHAPE: [{ "labels.csv": `file,${SECRET}\n` }, { "labels.csv": `file,label,label\n${SECRET},1,1\n` }],
		DATASET_EMPTY: [{ "labels.csv": "file,label\n" }],
	} as const;
	for (const [code, all] of Object.entries(cases)) {
		for (const files of all) {
			const error = await rejectsWithCode(read(context, files), code as keyof typeof cases).catch(
				(failure: unknown) => {
					throw new Error(`${code}: ${Object.keys(files).join()}`, { cause: failure });
				},
			);
			assert.doesNotMatch(`${error.message} ${error.nextStep} ${String(error.cause)}`, /mueller|healthy/);
		}
	}
});

test("a link out of the folder is refused", async (context) => {
	const outside = folderOf(context, { "x.png": pngFile(4, 4, gradient) });
	const folder = folderOf(context, { "labels.csv": "file,label\nx.png,ill\n" });
	symlinkSync(join(outside, "x.png"), join(folder, "x.png"));
	await rejectsWithCode(readSamples({ path: folder, study: imageStudy() }), "DATASET_VALUE").catch(async () => {
		// The link's target does not lie below the folder, whatever it is called.
		assert.fail("the link was followed");
	});
});

/** A PNG whose header claims other sizes. */
const claiming = (width: number, height: number, interlace = 0): Buffer => {
	const bytes = pngFile(4, 4, gradient);
	bytes.writeUInt32BE(width, 16);
	bytes.writeUInt32BE(height, 20);
	bytes[28] = interlace;
	return bytes;
};

test("sizes are refused before anything is decoded", async (context) => {
	await rejectsWithCode(read(context, one("a.png", claiming(60_000, 60_000))), "DATASET_TOO_LARGE");
	await rejectsWithCode(read(context, one("a.png", claiming(16_000, 16_000))), "DATASET_TOO_LARGE");
	await rejectsWithCode(read(context, one("a.png", claiming(0, 4))), "DATASET_UNREADABLE");
	await rejectsWithCode(read(context, one("a.png", claiming(4, 4, 1))), "DATASET_UNSUPPORTED");
	const jpeg = Buffer.from(jpegFile(8, 8, gradient));
	const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
	jpeg.writeUInt16BE(65_000, frame + 5);
	jpeg.writeUInt16BE(65_000, frame + 7);
	await rejectsWithCode(read(context, one("a.jpg", jpeg)), "DATASET_TOO_LARGE");
	jpeg.writeUInt16BE(5_700, frame + 5);
	jpeg.writeUInt16BE(5_700, frame + 7);
	await rejectsWithCode(read(context, one("a.jpg", jpeg)), "DATASET_UNREADABLE");
	assert.equal(
		(
			await read(
				context,
				one(
					"a.jpg",
					jpegFile(900, 900, () => 0, 1),
				),
			)
		).length,
		1,
	);
	await rejectsWithCode(
		read(context, one("a.png", Buffer.concat([pngFile(4, 4, gradient), Buffer.alloc(2 ** 26)]))),
		"DATASET_TOO_LARGE",
	);
});

const slice = (changes: Partial<DicomSlice> = {}): Buffer =>
	dicomFile({
		width: 4,
		height: 4,
		values: Array.from({ length: 16 }, (_, at) => 100 * at),
		window: [800, 1600],
		...changes,
	});

const inputsOf = async (context: TestContext, file: Buffer, study = imageStudy()): Promise<readonly number[]> => [
	...((await read(context, one("a.dcm", file), study))[0]?.inputs ?? []),
];

test("DICOM slices: 8 and 16 bits, signed, rescaled, windowed, inverted, both little-endian encodings", async (context) => {
	const linear = Array.from({ length: 16 }, (_, at) => Math.floor(((100 * at - 799.5) / 1599 + 0.5) * 255 + 0.5));
	assert.deepEqual(await inputsOf(context, slice()), linear);
	assert.deepEqual(await inputsOf(context, slice({ transferSyntax: IMPLICIT_LITTLE })), linear);
	assert.deepEqual(
		await inputsOf(context, slice({ photometric: "MONOCHROME1" })),
		linear.map((value) => 255 - value),
	);
	// Stored 0..15 with slope 100 are the same values; so are those shifted and signed.
	const few = Array.from({ length: 16 }, (_, at) => at);
	assert.deepEqual(await inputsOf(context, slice({ values: few, bits: 8, slope: 100 })), linear);
	const shifted = few.map((at) => at - 8);
	assert.deepEqual(
		await inputsOf(context, slice({ values: shifted, signed: true, slope: 100, intercept: 800 })),
		linear,
	);
	// The study's window is stronger than the slice's.
	const study = imageStudy({ preprocessing: { kind: "image", crop: "none", window: { centre: 800, width: 1600 } } });
	assert.deepEqual(await inputsOf(context, slice({ window: [1, 2] }), study), linear);
});

test("other DICOM files are refused by code, and never name the patient", async (context) => {
	const { window: _, ...plain } = { window: 0, width: 4, height: 4, values: new Array<number>(16).fill(1) };
	const cases: readonly (readonly ["DATASET_UNSUPPORTED" | "DATASET_UNREADABLE" | "DATASET_TOO_LARGE", Buffer])[] = [
		["DATASET_UNSUPPORTED", slice({ transferSyntax: "1.2.840.10008.1.2.4.50" })],
		["DATASET_UNSUPPORTED", slice({ transferSyntax: "1.2.840.10008.1.2.1.99" })],
		["DATASET_UNSUPPORTED", slice({ photometric: "RGB" })],
		["DATASET_UNSUPPORTED", slice({ extra: [usElement(0x0028, 0x0002, 3)] })],
		["DATASET_UNSUPPORTED", slice({ extra: [textElement(0x0028, 0x0008, "IS", "2")] })],
		["DATASET_UNSUPPORTED", slice({ extra: [usElement(0x0028, 0x0100, 32)] })],
		["DATASET_UNSUPPORTED", slice({ extra: [usElement(0x0028, 0x0102, 11)] })],
		["DATASET_UNSUPPORTED", slice({ extra: [textElement(0x0028, 0x1056, "CS", "SIGMOID")] })],
		["DATASET_UNSUPPORTED", dicomFile(plain)],
		["DATASET_UNREADABLE", slice({ extra: [usElement(0x0028, 0x0010, 5)] })],
		["DATASET_UNREADABLE", slice().subarray(0, -6)],
		["DATASET_TOO_LARGE", slice({ extra: [usElement(0x0028, 0x0010, 65_000), usElement(0x0028, 0x0011, 65_000)] })],
	];
	for (const [index, [code, file]] of cases.entries()) {
		const error = await rejectsWithCode(read(context, one("a.dcm", file)), code).catch((failure: unknown) => {
			throw new Error(`case ${index}`, { cause: failure });
		});
		assert.ok(!`${error.message} ${String(error.cause)}`.includes(PATIENT));
	}
	assert.equal((await inputsOf(context, slice({ transferSyntax: EXPLICIT_LITTLE }))).length, 16);
});
