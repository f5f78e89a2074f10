/**
 * 250 broken study files and 300 broken data files, mutations of good ones by a fixed seed: each is accepted, or refused by a coded error that
 * quotes nothing, within the time of one test; and an import of it writes all or nothing.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSamples } from "../../../../worker/adapters/dataset/readSamples.ts";
import { writeStore } from "../../../../worker/adapters/dataset/writeStore.ts";
import { parseStudy } from "../../../../worker/adapters/studyFile.ts";
import { createRandom, type Random } from "../../../../worker/core/dataset/random.ts";
import { examineData } from "../../../../worker/node/examineData.ts";
import { importData } from "../../../../worker/node/importData.ts";
import { DecentraHealthError } from "../../../../worker/protocol/errors.ts";
import type { Study } from "../../../../worker/protocol/study.ts";
import { dicomFile, PATIENT } from "../../../support/data/dicom.ts";
import { jpegFile, pngFile } from "../../../support/data/images.ts";
import { npzFile, plainSplit } from "../../../support/data/npz.ts";
import { imageStudy, tableStudy } from "../../../support/data/studies.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const STUDIES_URL = new URL("../../../../studies/", import.meta.url);
const ODD_VALUES: readonly unknown[] = [
	null,
	-1,
	0,
	0.5,
	1e9,
	Number.POSITIVE_INFINITY,
	"",
	"x",
	"__proto__",
	[],
	{},
	true,
	[[]],
	"\u0000",
	-0,
	2 ** 53,
	["a", "a"],
	{ kind: "dense" },
];

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;

/** A copy with one value somewhere replaced, removed, doubled or renamed. */
const mutated = (value: unknown, random: Random, depth = 0): unknown => {
	const isList = Array.isArray(value);
	if (typeof value !== "object" || value === null || (depth > 0 && random.below(4) === 0))
		return pick(random, ODD_VALUES);
	const keys = Object.keys(value);
	if (keys.length === 0) return pick(random, ODD_VALUES);
	const key = pick(random, keys);
	const entries = Object.entries(value);
	const change = random.below(8);
	const changed = entries.flatMap(([name, inner]): [string, unknown][] => {
		if (name !== key) return [[name, inner]];
		if (change === 0) return [];
		if (change === 1) return [[`${name}x`, inner]];
		if (change === 2 && isList)
			return [
				[name, inner],
				[`${name}0`, inner],
			];
		return [[name, mutated(inner, random, depth + 1)]];
	});
	return isList ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
};

/** Bytes flipped, cut out, doubled, cut off or overwritten. */
const damaged = (bytes: Uint8Array, random: Random): Uint8Array => {
	const copy = Buffer.from(bytes);
	const at = random.below(Math.max(1, copy.length));
	const length = 1 + random.below(16);
	switch (random.below(6)) {
		case 0:
			return copy.subarray(0, at);
		case 1:
			return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
		case 2:
			return Buffer.concat([copy.subarray(0, at), copy.subarray(at, at + length), copy.subarray(at)]);
		case 3:
			return copy.fill(random.below(256), at, Math.min(copy.length, at + length));
		default:
			for (let count = 0; count <= random.below(4); count++) {
				const place = random.below(copy.length);
				copy[place] = (copy[place] ?? 0) ^ (1 << random.below(8));
			}
			return copy;
	}
};

const requireCoded = (error: unknown, of: string): DecentraHealthError => {
	if (!(error instanceof DecentraHealthError)) throw new Error(`${of}: no coded error`, { cause: error });
	assert.notEqual(error.nextStep, "", of);
	return error;
};

test("broken study files: a study that the schema takes, or STUDY_INVALID that names a field", () => {
	const random = createRandom("fuzz/studies");
	const good = readdirSync(STUDIES_URL).map((name) => readFileSync(new URL(name, STUDIES_URL), "utf8"));
	let refused = 0;
	for (let count = 0; count < 250; count++) {
		const text = pick(random, good);
		const broken =
			count % 5 === 0
				? Buffer.from(damaged(Buffer.from(text), random)).toString("utf8")
				: JSON.stringify(mutated(JSON.parse(text), random));
		try {
			parseStudy(broken, "fuzzed.json");
		} catch (error) {
			const { code, message } = requireCoded(error, `study ${count}: ${broken.slice(0, 200)}`);
			assert.equal(code, "STUDY_INVALID");
			assert.match(message, /no JSON|wrong fields:\n {2}\S/);
			refused += 1;
		}
	}
	assert.ok(refused > 150, `${refused} of 250 refused`);
});

/** Written by the test, so that a message that holds it quotes the data. */
const SECRET = "98765.4321";

type Kind = { readonly study: Study; readonly write: (path: string, random: Random) => void };

const table = tableStudy();
const images = imageStudy();
const CSV = [
	"a,b,state",
	...Array.from({ length: 12 }, (_, row) => `${row / 10},${row === 5 ? SECRET : row},${row % 2}`),
].join("\r\n");
const NPZ = npzFile({ ...plainSplit("train", 12, 6), ...plainSplit("test", 5, 6) });
const pixelOf = (x: number, y: number): number => 9 * x + 20 * y;
const SLICE = dicomFile({
	width: 6,
	height: 6,
	values: Array.from({ length: 36 }, (_, at) => 30 * at),
	window: [500, 900],
});
const IMAGES = [pngFile(6, 6, pixelOf), jpegFile(16, 16, pixelOf), SLICE] as const;

const writeFolder = (path: string, random: Random): void => {
	mkdirSync(path);
	const target = random.below(4);
	IMAGES.forEach((bytes, index) => {
		writeFileSync(join(path, `jane-doe-${index}`), index === target ? damaged(bytes, random) : bytes);
	});
	const list = `file,label\n${IMAGES.map((_, index) => `jane-doe-${index},${index % 2}`).join("\n")}\n`;
	writeFileSync(join(path, "labels.csv"), target === 3 ? damaged(Buffer.from(list), random) : list);
};

const kindsIn = async (context: TestContext): Promise<Readonly<Record<string, Kind>>> => {
	const path = join(temporaryFolder(context), "good");
	await writeStore(
		path,
		table,
		[...Array(9).keys()].map((index) => ({ inputs: Uint8Array.of(index, 7), label: index % 2 })),
	);
	const store = readFileSync(path);
	return {
		csv: { study: table, write: (file, random) => writeFileSync(file, damaged(Buffer.from(CSV), random)) },
		npz: { study: images, write: (file, random) => writeFileSync(file, damaged(NPZ, random)) },
		folder: { study: images, write: writeFolder },
		store: { study: table, write: (file, random) => writeFileSync(file, damaged(store, random)) },
	};
};

test("broken data files: samples, or a coded error that quotes nothing; nothing half-written", async (context) => {
	const random = createRandom("fuzz/data");
	const kinds = Object.entries(await kindsIn(context));
	const folder = temporaryFolder(context);
	const refused = new Map<string, number>();
	for (let count = 0; count < 300; count++) {
		const [name, { study, write }] = kinds[count % kinds.length] ?? assert.fail();
		const path = join(folder, "data");
		const out = join(folder, "out.dhd");
		rmSync(path, { recursive: true, force: true });
		rmSync(out, { force: true });
		write(path, random);
		const of = `${name} ${count}`;
		const imported = await importData({ path, study, out }).catch((error: unknown) => requireCoded(error, of));
		if (imported instanceof DecentraHealthError) {
			refused.set(name, (refused.get(name) ?? 0) + 1);
			assert.match(imported.code, /^DATASET_/, of);
			assert.ok(!existsSync(out), of);
			const shown = `${imported.message} ${imported.nextStep} ${String(imported.cause)}`;
			assert.doesNotMatch(shown, /98765|jane|Doe/, of);
			assert.ok(!shown.includes(PATIENT), of);
		} else assert.equal((await readSamples({ path: out, study })).length, imported.samples);
		assert.deepEqual(
			readdirSync(folder).filter((file) => file !== "data" && file !== "out.dhd"),
			[],
			of,
		);
		const report = await examineData({ path, study }).catch((error: unknown) => requireCoded(error, of));
		assert.doesNotMatch(JSON.stringify(report instanceof Error ? report.message : report), /98765|jane|Doe/, of);
	}
	for (const [name] of kinds) assert.ok((refused.get(name) ?? 0) >= 20, `${name}: ${refused.get(name)} refused`);
});
