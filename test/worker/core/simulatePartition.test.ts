import assert from "node:assert/strict";
import { test } from "node:test";
import {
	balancedRows,
	type Partition,
	parsePartition,
	partitionRows,
	partSizes,
} from "../../../worker/core/simulate/partition.ts";

/** 60 % of class 0, 30 % of class 1, 10 % of class 2. */
const LABELS = Array.from({ length: 1000 }, (_, row) => (row % 10 < 6 ? 0 : row % 10 < 9 ? 1 : 2));
const KINDS: readonly Partition[] = [{ kind: "iid" }, { kind: "dirichlet", alpha: 0.3 }, { kind: "size-skew" }];

const countsOf = (rows: readonly number[]) =>
	[0, 1, 2].map((label) => rows.filter((row) => LABELS[row] === label).length);

for (const partition of KINDS) {
	test(`${partition.kind}: whole batches, disjoint parts of the sizes, the same for the same seed`, () => {
		const sizes = partSizes(partition, { hospitals: 5, rows: 1000, batchSize: 8, maxBatches: 64 });
		assert.ok(sizes.every((size) => size % 8 === 0 && size >= 8));
		const parts = partitionRows(partition, { labels: LABELS, sizes, seed: "a" });
		assert.deepEqual(
			parts.map((part) => part.length),
			sizes,
		);
		assert.equal(new Set(parts.flat()).size, parts.flat().length);
		assert.deepEqual(partitionRows(partition, { labels: LABELS, sizes, seed: "a" }), parts);
		assert.notDeepEqual(partitionRows(partition, { labels: LABELS, sizes, seed: "b" }), parts);
	});
}

test("iid and size-skew keep the class proportions of the whole in each part", () => {
	for (const partition of [{ kind: "iid" }, { kind: "size-skew" }] as const) {
		const sizes = partSizes(partition, { hospitals: 4, rows: 1000, batchSize: 10, maxBatches: 64 });
		for (const part of partitionRows(partition, { labels: LABELS, sizes, seed: "s" })) {
			const [zero = 0, one = 0] = countsOf(part);
			assert.ok(Math.abs(zero / part.length - 0.6) < 0.05 && Math.abs(one / part.length - 0.3) < 0.05);
		}
	}
});

test("Dirichlet: a small alpha sets hospitals apart, a large one does not", () => {
	const distance = (alpha: number) => {
		const parts = partitionRows(
			{ kind: "dirichlet", alpha },
			{ labels: LABELS, sizes: [100, 100, 100, 100], seed: "mixes" },
		);
		return Math.max(...parts.map((part) => Math.abs((countsOf(part)[0] ?? 0) / part.length - 0.6)));
	};
	assert.ok(distance(0.1) > 0.2, String(distance(0.1)));
	assert.ok(distance(10_000) < 0.15, String(distance(10_000)));
});

test("Dirichlet: training and held-out rows of a hospital have the same mix", () => {
	const partition = { kind: "dirichlet", alpha: 0.5 } as const;
	const shareOf = (sizes: readonly number[]) =>
		partitionRows(partition, { labels: LABELS, sizes, seed: "both" }).map(
			(part) => (countsOf(part)[0] ?? 0) / part.length,
		);
	const [train, held] = [shareOf([120, 120, 120]), shareOf([60, 60, 60])];
	train.forEach((share, hospital) => {
		assert.ok(Math.abs(share - (held[hospital] ?? 0)) < 0.2, `${train} against ${held}`);
	});
});

test("Dirichlet gives out every row when all are asked for", () => {
	const parts = partitionRows(
		{ kind: "dirichlet", alpha: 0.05 },
		{ labels: LABELS, sizes: [250, 250, 250, 250], seed: "all" },
	);
	assert.deepEqual(
		parts.flat().toSorted((a, b) => a - b),
		LABELS.map((_, row) => row),
	);
});

test("size-skew: sizes fall, and the largest is several times the smallest", () => {
	const sizes = partSizes({ kind: "size-skew" }, { hospitals: 4, rows: 1000, batchSize: 8, maxBatches: 128 });
	assert.deepEqual(
		sizes.toSorted((a, b) => b - a),
		sizes,
	);
	assert.ok((sizes[0] ?? 0) >= 3 * (sizes[3] ?? Infinity));
	assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 1000);
});

test("sizes: the asked number of rows, the study's most batches, and refusals", () => {
	const sizesOf = (changes: object) =>
		partSizes({ kind: "iid" }, { hospitals: 3, rows: 1000, batchSize: 8, maxBatches: 64, ...changes });
	assert.deepEqual(sizesOf({ samples: 70 }), [64, 64, 64]);
	assert.deepEqual(sizesOf({ maxBatches: 2 }), [16, 16, 16]);
	assert.throws(() => sizesOf({ samples: 7 }), /less than one batch of 8/);
	assert.throws(() => sizesOf({ rows: 20 }), /less than one batch/);
	assert.throws(() => sizesOf({ samples: 400 }), /need more than the 1000/);
});

test("balanced rows: as many of each class as the rarest has", () => {
	assert.deepEqual(countsOf(balancedRows(LABELS, 3, "b")), [100, 100, 100]);
});

test("partition names", () => {
	assert.deepEqual(parsePartition("iid"), { kind: "iid" });
	assert.deepEqual(parsePartition("size-skew"), { kind: "size-skew" });
	assert.deepEqual(parsePartition("dirichlet:0.3"), { kind: "dirichlet", alpha: 0.3 });
	for (const text of ["", "dirichlet", "dirichlet:0", "dirichlet:-1", "dirichlet:1e3", "IID", "dirichlet:"]) {
		assert.equal(parsePartition(text), undefined, text);
	}
});
