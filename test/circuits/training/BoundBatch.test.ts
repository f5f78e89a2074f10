import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { randomBatch, randomDataset, TINY_STUDY } from "../../support/trainingInstance.ts";

const INPUTS = 6;

const boundBatch = (classes = 0) =>
	testCircuit({
		include: "circuits/training/BoundBatch.circom",
		template: "BoundBatch",
		params: [TINY_STUDY.batchSize, INPUTS, classes, TINY_STUDY.datasetDepth],
		publicSignals: ["inputs", "labels", "index", "active", "root"],
		optimization: "O2",
	});

const { batches, salts, tree } = randomDataset(TINY_STUDY, "bound", 3);

const inputOf = (index: number, batch: readonly Sample[] = batches[index] ?? []) => ({
	inputs: batch.map(({ inputs }) => [...inputs].map(BigInt)),
	labels: batch.map(({ label }) => BigInt(label)),
	salt: salts[index] ?? 0n,
	siblings: tree.siblings(index),
	index: BigInt(index),
	active: 1n,
	root: tree.root,
});

describe("BoundBatch", () => {
	it("accepts each batch at its place and nowhere else", async () => {
		const circuit = await boundBatch();
		for (let index = 0; index < 3; index++) await assertAccepted(circuit, inputOf(index));
		await assertInputRefused(circuit, { ...inputOf(0), index: 1n });
		await assertInputRefused(circuit, { ...inputOf(0), index: 4n });
		await assertInputRefused(circuit, inputOf(0, batches[1]));
		await assertInputRefused(circuit, { ...inputOf(0), salt: 1n });
		await assertInputRefused(circuit, { ...inputOf(0), root: tree.root + 1n });
		// `active` is the caller's: the batch is the registered one, so it may as well be inactive.
		assertEveryMutationCaught(circuit, await circuit.witness(inputOf(1)), ["active"]);
	});

	it("lets an inactive step bring any batch, but only u8 inputs and boolean labels", async () => {
		const circuit = await boundBatch();
		const foreign = { ...inputOf(0, randomBatch(TINY_STUDY, "foreign")), active: 0n };
		const witness = await assertAccepted(circuit, foreign);
		// The same batch as an active step's: every signal is consistent, only the root is not.
		assertForgedWitness(circuit, witness, { active: 1n });
		await assertInputRefused(circuit, { ...foreign, labels: [2n, 0n] });
		await assertInputRefused(circuit, { ...foreign, inputs: foreign.inputs.map((row) => [256n, ...row.slice(1)]) });
		await assertInputRefused(circuit, { ...foreign, inputs: foreign.inputs.map((row) => [-1n, ...row.slice(1)]) });
		await assertInputRefused(circuit, { ...foreign, index: 4n });
	});

	it("refuses other inputs and a flipped label that pack to the same leaf", async () => {
		const circuit = await boundBatch();
		const index = batches.findIndex((batch) => batch[1]?.label === 1);
		const witness = await circuit.witness(inputOf(index));
		// 256 from one byte to the next keeps every packed element, so no hash changes.
		assertForgedWitness(circuit, witness, {
			"inputs[0][0]": (old) => old + 256n,
			"inputs[0][1]": (old) => old - 1n,
		});
		assertForgedWitness(circuit, witness, { [`inputs[1][${INPUTS - 1}]`]: (old) => old + 256n, "labels[1]": 0n });
		assertForgedWitness(circuit, witness, { [`inputs[1][${INPUTS - 1}]`]: (old) => old - 256n, "labels[1]": 2n });
	});

	it("refuses a foreign batch with its own leaf and path", async () => {
		const circuit = await boundBatch();
		const stated = (names: readonly string[]) => (name: string) =>
			names.some((stem) => name === `main.${stem}` || name.startsWith(`main.${stem}[`));
		const honest = await circuit.witness(inputOf(0));
		const foreign = await circuit.witness({ ...inputOf(0, randomBatch(TINY_STUDY, "foreign")), active: 0n });
		const other = await circuit.witness(inputOf(1));
		for (const [lie, kept] of [
			[foreign, ["root", "active", "index"]],
			[foreign, ["inputs", "labels"]],
			[other, ["index"]],
			[other, ["inputs"]],
			[other, ["labels", "inputs", "index"]],
		] as const) {
			assert.notEqual(circuit.checkConstraints(borrowedWitness(circuit, honest, lie, stated(kept))), null, `${kept}`);
		}
	});

	it("gives labels of several classes one-hot, and refuses labels that are none", async () => {
		const circuit = await boundBatch(3);
		const labelled = (labels: readonly number[]) => ({
			...inputOf(
				0,
				(batches[0] ?? []).map((sample, index) => ({ ...sample, label: labels[index] ?? 0 })),
			),
			active: 0n,
		});
		for (const labels of [
			[0, 1],
			[2, 2],
			[1, 0],
		]) {
			const witness = await assertAccepted(circuit, labelled(labels));
			const expected = labels.flatMap((label) => [0, 1, 2].map((k) => (k === label ? 1n : 0n)));
			assert.deepEqual(circuit.values(witness, "targets"), expected);
		}
		await assertInputRefused(circuit, labelled([3, 0]));
		await assertInputRefused(circuit, { ...labelled([0, 0]), labels: [-1n, 0n] });
	});
});
