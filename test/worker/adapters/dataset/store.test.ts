import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSamples } from "../../../../worker/adapters/dataset/readSamples.ts";
import { writeStore } from "../../../../worker/adapters/dataset/writeStore.ts";
import { inputDefinitionDigest } from "../../../../worker/core/dataset/store.ts";
import { importData } from "../../../../worker/node/importData.ts";
import type { Sample } from "../../../../worker/protocol/merkle.ts";
import { tableStudy } from "../../../support/data/studies.ts";
import { rejectsWithCode } from "../../../support/rejectsWithCode.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";

const study = tableStudy();
const samples: readonly Sample[] = Array.from({ length: 9 }, (_, index) => ({
	inputs: Uint8Array.of(index, 255 - index),
	label: index % 3 === 0 ? 1 : 0,
}));

const stored = async (context: TestContext): Promise<string> => {
	const path = join(temporaryFolder(context), "rows.dhd");
	await writeStore(path, study, samples);
	return path;
};

test("a store reads back to the same samples, wherever data are named, and its bytes are determined", async (context) => {
	const [first, second] = [await stored(context), await stored(context)];
	assert.deepEqual(await readSamples({ path: first, study }), samples);
	assert.deepEqual(readFileSync(first), readFileSync(second));
});

test("a store of another study is refused: by its name, shape, preprocessing or classes, not by what does not touch the inputs", async (context) => {
	const path = await stored(context);
	const { preprocessing } = study;
	assert.equal(preprocessing.kind, "table");
	if (preprocessing.kind !== "table") return;
	const foreign = [
		tableStudy({ name: "other" }),
		tableStudy({ classes: ["well", "sick"] }),
		tableStudy({ preprocessing: { ...preprocessing, sigmas: 3 } }),
		tableStudy({ input: { height: 1, width: 2, channels: 1 } }),
	];
	for (const other of foreign) await rejectsWithCode(readSamples({ path, study: other }), "DATASET_FOREIGN");
	assert.equal((await readSamples({ path, study: tableStudy({ learningRate: 0.125, batchSize: 2 }) })).length, 9);
	assert.equal(inputDefinitionDigest(study), inputDefinitionDigest(tableStudy({ title: "Another title" })));
});

test("every changed or missing byte of a store is noticed", async (context) => {
	const path = await stored(context);
	const bytes = readFileSync(path);
	for (let at = 0; at < bytes.length; at++) {
		const changed = Buffer.from(bytes);
		changed[at] = (changed[at] ?? 0) ^ 1;
		writeFileSync(path, changed);
		const error: unknown = await readSamples({ path, study }).then(
			() => undefined,
			(failure: unknown) => failure,
		);
		assert.ok(error instanceof Error && "code" in error && /^DATASET_/.test(String(error.code)), `byte ${at}`);
	}
	for (const length of [0, 7, 8, 20, bytes.length - 1]) {
		writeFileSync(path, bytes.subarray(0, length));
		await assert.rejects(readSamples({ path, study }));
	}
});

test("an import writes all rows or a reproducible part, or nothing at all", async (context) => {
	const folder = temporaryFolder(context);
	const csv = join(folder, "rows.csv");
	const rows = Array.from(
		{ length: 40 },
		(_, index) => `${index / 10},${10 - index / 5},${index % 4 === 0 ? "ill" : "well"}`,
	);
	writeFileSync(csv, ["a,b,state", ...rows].join("\n"));
	const out = join(folder, "out.dhd");
	assert.deepEqual(await importData({ path: csv, study, out }), {
		out,
		samples: 40,
		of: 40,
		classes: { well: 30, ill: 10 },
	});
	assert.deepEqual(await readSamples({ path: out, study }), await readSamples({ path: csv, study }));
	const part = await importData({ path: csv, study, out, rows: 12, balanced: true });
	assert.deepEqual(part.classes, { well: 6, ill: 6 });
	const chosen = readFileSync(out);
	await importData({ path: csv, study, out, rows: 12, balanced: true, seed: "another" });
	assert.notDeepEqual(readFileSync(out), chosen);
	await importData({ path: csv, study, out, rows: 12, balanced: true });
	assert.deepEqual(readFileSync(out), chosen);
	assert.deepEqual((await importData({ path: csv, study, out, rows: 20 })).classes, { well: 15, ill: 5 });

	const before = readFileSync(out);
	await rejectsWithCode(importData({ path: csv, study, out, rows: 41 }), "DATASET_EMPTY");
	await rejectsWithCode(importData({ path: csv, study, out, rows: 30, balanced: true }), "DATASET_EMPTY");
	writeFileSync(csv, ["a,b,state", ...rows, "1,x,ill"].join("\n"));
	await rejectsWithCode(importData({ path: csv, study, out }), "DATASET_VALUE");
	await rejectsWithCode(importData({ path: csv, study, out: join(folder, "new.dhd") }), "DATASET_VALUE");
	assert.deepEqual(readFileSync(out), before);
	assert.ok(!existsSync(join(folder, "new.dhd")));
	assert.deepEqual(readdirSync(folder).sort(), ["out.dhd", "rows.csv"]);
});
