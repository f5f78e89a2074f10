/** A demo's rows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoData } from "../../../scripts/demo/data.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { loadStudy } from "../../support/wdbc.ts";

const study = loadStudy();
const options = { study, data: [], hospitals: 3, seed: "consent", maxBatches: 16 };

test("the embedded table with --samples: so many rows a hospital, as many of each class, none twice, none held out", async () => {
	const { hospitals, test: heldOut } = await demoData({ ...options, samples: 16 });
	for (const { samples } of hospitals) {
		assert.equal(samples.length, 16);
		const positives = samples.filter(({ label }) => label === 1).length;
		assert.ok(Math.abs(positives - 8) <= 1, `${positives} of 16`);
	}
	const texts = [...hospitals.flatMap(({ samples }) => samples), ...heldOut].map(({ inputs }) => inputs.join());
	const repeated = texts.length - new Set(texts).size;
	// The table itself may have rows that are alike once quantized; here it has none.
	assert.equal(repeated, 0);
	assert.equal(heldOut.length, 209);
});

test("without it sizes differ, and the held-out rows are the same", async () => {
	const { hospitals, test: heldOut } = await demoData(options);
	assert.deepEqual(
		hospitals.map(({ samples }) => samples.length),
		[96, 96, 104],
	);
	assert.deepEqual(heldOut, (await demoData({ ...options, samples: 16 })).test);
});

test("more rows than there are of a class are refused", async () => {
	await rejectsWithCode(demoData({ ...options, samples: 200 }), "CONFIG_INVALID");
});

test("no simulated hospital is below the study's floor; too many hospitals are refused", async () => {
	const floors = { ...options, study: { ...study, minSamples: 32, minBatches: 4 } };
	const { hospitals } = await demoData({ ...floors, hospitals: 10 });
	assert.deepEqual(new Set(hospitals.map(({ samples }) => samples.length)), new Set([32]));
	await rejectsWithCode(demoData({ ...floors, hospitals: 12 }), "CONFIG_INVALID");
});
