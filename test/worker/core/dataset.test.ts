import assert from "node:assert/strict";
import { test } from "node:test";
import { commitDataset } from "../../../worker/core/dataset/commit.ts";
import { publicSplit, simulateConsortium, WDBC_SPLIT } from "../../../worker/core/dataset/consortium.ts";
import { deriveBytes, deriveFieldElement } from "../../../worker/core/dataset/derive.ts";
import { columnStatistics, quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { hospitalSizes, splitStratified } from "../../../worker/core/dataset/split.ts";
import { FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { batchLeaf, type Sample } from "../../../worker/protocol/merkle.ts";
import { hashPair } from "../../../worker/protocol/poseidon.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const SEED = new Uint8Array(32).fill(7);

const sampleOf = (value: number, label = 0): Sample => ({ inputs: new Uint8Array(30).fill(value), label });

test("the generator is SHAKE256 of its seed, and rejects what would bias it", () => {
	// First bytes of SHAKE256(""), NIST: 46 b9 dd 2b
	assert.equal(createRandom("").below(2 ** 32), 0x2bddb946);
	const random = createRandom("dice");
	assert.ok(Array.from({ length: 1000 }, () => random.below(3)).every((value) => value >= 0 && value < 3));
	assert.throws(() => random.below(0), RangeError);
	assert.throws(() => random.below(1.5), RangeError);
	assert.throws(() => random.below(2 ** 33), RangeError);
});

test("below() is uniform: chi-square of 6,000 rolls of a die under the 0.1 % point", () => {
	const random = createRandom("chi");
	const counts = new Array<number>(6).fill(0);
	for (let roll = 0; roll < 6000; roll++) {
		const face = random.below(6);
		counts[face] = (counts[face] as number) + 1;
	}
	const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
	assert.ok(chi < 20.52, `chi-square ${chi}`);
});

test("derived secrets depend on seed and label, are field elements, and need 32 bytes of seed", () => {
	assert.deepEqual(deriveBytes(SEED, "a"), deriveBytes(SEED, "a"));
	assert.notDeepEqual(deriveBytes(SEED, "a"), deriveBytes(SEED, "b"));
	assert.notDeepEqual(deriveBytes(SEED, "a"), deriveBytes(new Uint8Array(32), "a"));
	const element = deriveFieldElement(SEED, "a");
	assert.ok(element > 2n ** 200n && element < FIELD_ORDER);
	assert.throws(() => deriveBytes(new Uint8Array(31), "a"), RangeError);
});

test("parts are disjoint, stratified and reproducible", () => {
	const labels = Array.from({ length: 569 }, (_, row) => (row % 8 < 3 ? 1 : 0));
	const options = { labels, sizes: [360, 104, 96], seed: "x" };
	const parts = splitStratified(options);
	assert.deepEqual(parts, splitStratified(options));
	assert.notDeepEqual(parts, splitStratified({ ...options, seed: "y" }));
	assert.equal(new Set(parts.flat()).size, 560);
	const prevalence = labels.filter((label) => label === 1).length / labels.length;
	for (const part of parts) {
		const positives = part.filter((row) => labels[row] === 1).length;
		assert.ok(Math.abs(positives - prevalence * part.length) <= 2);
	}
	assert.throws(() => splitStratified({ ...options, sizes: [600] }), RangeError);
	assert.throws(() => splitStratified({ ...options, sizes: [-1] }), RangeError);
});

test("hospital sizes are whole batches within the limits", () => {
	for (let seed = 0; seed < 50; seed++) {
		const sizes = hospitalSizes({ hospitals: 3, rows: 360, batchSize: 8, maxBatches: 15, seed: String(seed) });
		assert.ok(sizes.every((size) => size % 8 === 0 && size >= 80 && size <= 120));
	}
	assert.throws(() => hospitalSizes({ hospitals: 50, rows: 360, batchSize: 8, maxBatches: 15, seed: "" }), RangeError);
});

test("the study's constants are the statistics of the public training rows, held-out rows apart", async () => {
	const { preprocessing } = loadStudy();
	const rows = await loadWdbc();
	const [training, held] = publicSplit(rows.map(({ label }) => label));
	assert.equal(training.length, WDBC_SPLIT.trainingRows);
	assert.equal(held.length, WDBC_SPLIT.testRows);
	assert.equal(new Set([...training, ...held]).size, 569);
	const statistics = columnStatistics(training.map((row) => rows[row]?.features ?? []));
	assert.deepEqual(
		preprocessing.columns.map(({ mean, deviation }) => ({ mean, deviation })),
		statistics,
	);
	// Input order [height][width][channels]: measurement major, then mean, error, worst.
	assert.deepEqual(
		preprocessing.columns.slice(3, 6).map(({ name }) => name),
		["mean texture", "texture error", "worst texture"],
	);
});

test("the consortium never trains on held-out rows, whatever the seed", async () => {
	const rows = await loadWdbc();
	const options = { rows, hospitals: 3, batchSize: 8, maxBatches: 15 };
	const one = simulateConsortium({ ...options, seed: "1" });
	const two = simulateConsortium({ ...options, seed: "2" });
	assert.deepEqual(one.test, two.test);
	assert.notDeepEqual(one.hospitals, two.hospitals);
	for (const { pool, test: held, hospitals } of [one, two]) {
		const private_ = hospitals.flat();
		assert.equal(new Set(private_).size, private_.length);
		assert.ok(private_.every((row) => pool.includes(row) && !held.includes(row)));
	}
});

test("quantization rounds, clips and keeps the mean at 128", () => {
	const preprocessing = { sigmas: 2, columns: [{ mean: 10, deviation: 1 }] };
	const quantize = (value: number): number => quantizeRow([value], preprocessing)[0] as number;
	assert.equal(quantize(10), 128);
	assert.equal(quantize(11), 192);
	assert.equal(quantize(8), 0);
	assert.equal(quantize(12), 255);
	assert.equal(quantize(1e9), 255);
	assert.equal(quantize(-1e9), 0);
	assert.throws(() => quantizeRow([1, 2], preprocessing), RangeError);
	assert.throws(() => columnStatistics([[1], [1]]), RangeError);
	assert.throws(() => columnStatistics([]), RangeError);
});

test("a commitment opens to its batches: every leaf's path leads to the root", () => {
	const samples = Array.from({ length: 29 }, (_, index) => sampleOf(index, index % 2 === 0 ? 0 : 1));
	const study = loadStudy();
	const committed = commitDataset({ study, samples, seed: SEED });
	assert.equal(committed.batchCount, 3);
	assert.equal(committed.sampleCount, 24);
	assert.equal(committed.droppedCount, 5);
	assert.equal(new Set(committed.batches.flat()).size, 24);
	committed.batches.forEach((batch, index) => {
		const leaf = batchLeaf(batch, committed.salts[index] as bigint);
		const root = committed.tree
			.siblings(index)
			.reduce(
				(node, sibling, height) => ((index >> height) & 1 ? hashPair(sibling, node) : hashPair(node, sibling)),
				leaf,
			);
		assert.equal(root, committed.root);
	});
	assert.equal(commitDataset({ study, samples, seed: SEED }).root, committed.root);
	assert.notEqual(commitDataset({ study, samples, seed: new Uint8Array(32) }).root, committed.root);
	assert.equal(new Set(committed.salts).size, 3);
});

test("a data set that cannot be committed is refused with its code", () => {
	const study = loadStudy();
	const commit = (samples: readonly Sample[]) => commitDataset({ study, samples, seed: SEED });
	const many = (count: number): Sample[] => Array.from({ length: count }, () => sampleOf(1));
	throwsWithCode(() => commit([]), "DATASET_EMPTY");
	throwsWithCode(() => commit(many(7)), "DATASET_EMPTY");
	throwsWithCode(() => commit(many(520)), "DATASET_TOO_LARGE");
	const floors: Study = { ...study, minSamples: 32, minBatches: 5 };
	const above = (count: number) => commitDataset({ study: floors, samples: many(count), seed: SEED });
	throwsWithCode(() => above(39), "DATASET_TOO_SMALL");
	assert.equal(above(40).batchCount, 5);
	throwsWithCode(() => commit([...many(8), { inputs: new Uint8Array(29), label: 0 }]), "DATASET_SHAPE");
	throwsWithCode(() => commit([...many(8), { ...sampleOf(1), label: 2 }]), "DATASET_LABEL");
});
