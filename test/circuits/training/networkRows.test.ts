import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { REPOSITORY } from "../../../scripts/circuits/circom.ts";
import { generateConstants } from "../../../scripts/circuits/generateConstants.ts";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { networkOf } from "../../../worker/protocol/network.ts";
import { BLOCK_COLUMNS, blockRows } from "../../../worker/protocol/networkRows.ts";
import { type Param, testCircuit } from "../../support/circuits/testCircuit.ts";
import { stepParams, TRAINING_SHAPES } from "../../support/circuits/trainingShapes.ts";

type Column = (typeof BLOCK_COLUMNS)[number];
type Changes = Readonly<Partial<Record<Column, number>>>;

const STUDY = TRAINING_SHAPES["pooling on both sides that leaves rows out, momentum"];
assert.ok(STUDY !== undefined);
const ROWS = blockRows(networkOf(STUDY));

const changed = (row: readonly number[], changes: Changes): readonly number[] =>
	row.map((value, index) => changes[BLOCK_COLUMNS[index] as Column] ?? value);

const refuses = (options: Parameters<typeof testCircuit>[0]): Promise<void> =>
	assert.rejects(testCircuit(options), (error: unknown) => {
		assert.ok(isDecentraHealthError(error) && error.code === "CIRCUIT_COMPILE");
		assert.match(error.message, /False assert reached/);
		return true;
	});

describe("the columns of a network's rows", () => {
	let generated: string;
	before(async () => {
		await generateConstants();
		generated = readFileSync(join(REPOSITORY, "circuits/generated/NetworkRows.circom"), "utf8");
	});

	it("have one accessor each, made from the one table", () => {
		const accessors = [...generated.matchAll(/^function BLOCK_(\w+)\(block\) \{\n {4}return block\[(\d+)\];\n\}$/gm)];
		const expected = BLOCK_COLUMNS.map((column, index) => [
			column.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
			String(index),
		]);
		assert.deepEqual(
			accessors.map(([, name, index]) => [name, index]),
			expected,
		);
	});
});

describe("rows that are none of a network", () => {
	const FALSE_ROWS: readonly (readonly [what: string, block: number, changes: Changes])[] = [
		["a window that is no power of two", 0, { poolBeforeHeight: 3 }],
		["a window of activations that is no power of two", 0, { poolAfterHeight: 3 }],
		["smaller inputs than there are", 0, { inputBits: 0 }],
		["smaller activations than there are", 1, { inputBits: 8 }],
		["another scale of the inputs", 0, { inputScaleBits: 8 }],
		[
			"another scale of the activations, with what follows from it",
			1,
			{ inputScaleBits: 8, preActivationScaleBits: 16, inputBits: 12 },
		],
		["another scale of the pre-activations", 0, { preActivationScaleBits: 17 }],
		["another scale of the gradients", 0, { gradientScaleBits: 24 }],
		["another scale of the loss's gradients", 2, { gradientScaleBits: 17 }],
		["a block in the middle without a ReLU", 1, { relu: 0 }],
		["logits with a ReLU", 2, { relu: 1 }],
		["fewer inputs than the block before gives", 1, { inHeight: 1 }],
		["fewer channels than the block before gives", 1, { channels: 1 }],
		["a kernel larger than its input", 0, { kernelWidth: 6 }],
	];
	for (const [what, block, changes] of FALSE_ROWS) {
		it(`don't compile as TrainStep: ${what}`, async () => {
			const rows = ROWS.map((row, index) => (index === block ? changed(row, changes) : row));
			const [, ...others] = stepParams(STUDY) as readonly [Param, ...Param[]];
			await refuses({
				include: "circuits/training/TrainStep.circom",
				template: "TrainStep",
				params: [rows, ...others],
			});
		});
	}

	for (const [template, ...others] of [
		["BlockForward", 2],
		["BlockBackward", 1, 1, 2, 1],
	] as const) {
		it(`don't compile as ${template} when their own columns contradict each other`, async () => {
			const [row] = ROWS;
			assert.ok(row !== undefined);
			for (const changes of [
				{ poolBeforeHeight: 3 },
				{ poolAfterWidth: 3 },
				{ inputBits: 0 },
				{ inputScaleBits: 8 },
				{ preActivationScaleBits: 17 },
				{ gradientScaleBits: 16 },
				{ relu: 2 },
			]) {
				const params = [changed(row, changes), ...others];
				await refuses({ include: `circuits/training/${template}.circom`, template, params });
			}
			await testCircuit({ include: `circuits/training/${template}.circom`, template, params: [row, ...others] });
		});
	}
});
