import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchLeaf, merkleTree, type Sample } from "../../../worker/protocol/merkle.ts";
import { hashPair } from "../../../worker/protocol/poseidon.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { dishonestProver } from "../../support/circuits/dishonestProver.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { untagged } from "../../support/circuits/untagged.ts";

const leafCircuit = (batchSize: number, inputCount: number) =>
	testCircuit({
		...untagged("circuits/lib/hash/BatchLeaf.circom", "BatchLeaf"),
		params: [batchSize, inputCount],
		publicSignals: ["inputs", "labels"],
		optimization: "O2",
	});

const someBatch = (batchSize: number, inputCount: number): readonly Sample[] =>
	Array.from({ length: batchSize }, (_, s) => ({
		inputs: Uint8Array.from({ length: inputCount }, (_, i) => (i * 37 + s * 101 + 255 * (i % 2)) % 256),
		label: (s % 2) as 0 | 1,
	}));

describe("BatchLeaf", () => {
	// 30 inputs and the label fill an element exactly; 31 push the label into the next one; 62 fill two before it.
	for (const [batchSize, inputCount] of [
		[2, 30],
		[1, 31],
		[2, 62],
		[9, 45],
	] as const) {
		it(`equals the reference: ${batchSize} samples of ${inputCount} inputs`, async () => {
			const circuit = await leafCircuit(batchSize, inputCount);
			const batch = someBatch(batchSize, inputCount);
			const input = {
				inputs: batch.map(({ inputs }) => [...inputs].map(BigInt)),
				labels: batch.map(({ label }) => BigInt(label)),
			};
			for (const salt of [0n, 5n ** 100n]) {
				const witness = await assertAccepted(circuit, { ...input, salt });
				assert.equal(circuit.value(witness, "leaf"), batchLeaf(batch, salt));
			}
		});
	}
});

describe("MerkleInclusion", () => {
	const DEPTH = 3;
	const leaves = [11n, 22n, 33n, 44n, 55n];
	const tree = merkleTree(leaves, DEPTH);
	const OPTIONS = {
		include: "circuits/lib/hash/MerkleInclusion.circom",
		template: "MerkleInclusion",
		params: [DEPTH],
		publicSignals: ["leaf", "index"],
	};
	const inclusion = () => testCircuit({ ...OPTIONS, optimization: "O2" });
	const inputOf = (index: number) => ({
		leaf: leaves[index] ?? 0n,
		index: BigInt(index),
		siblings: tree.siblings(index),
	});

	it("finds the root from every leaf, empty ones included", async () => {
		const circuit = await inclusion();
		assert.ok(circuit.constraints.total <= 244 * DEPTH, `${circuit.constraints.total} constraints`);
		for (let index = 0; index < 2 ** DEPTH; index++) {
			const witness = await assertAccepted(circuit, inputOf(index));
			assert.equal(circuit.value(witness, "root"), tree.root);
		}
		for (const index of [-1n, 8n, 2n ** 200n]) await assertInputRefused(circuit, { ...inputOf(0), index });
	});

	it("gives another root for another leaf, place or sibling", async () => {
		const circuit = await inclusion();
		const rootOf = async (input: object) => circuit.value(await circuit.witness({ ...inputOf(2), ...input }), "root");
		assert.equal(await rootOf({}), tree.root);
		assert.notEqual(await rootOf({ leaf: 34n }), tree.root);
		assert.notEqual(await rootOf({ index: 3n }), tree.root);
		assert.notEqual(await rootOf({ siblings: [45n, ...tree.siblings(2).slice(1)] }), tree.root);
		// An inner node is no leaf: the depth is fixed.
		const node = hashPair(33n, 44n);
		assert.notEqual(await rootOf({ leaf: node, index: 1n, siblings: [...tree.siblings(2).slice(1), 0n] }), tree.root);
	});

	it("refuses a path of another place or leaf, and path bits that are no bits", async () => {
		const circuit = await inclusion();
		const honest = await circuit.witness(inputOf(3));
		for (const [other, kept] of [
			[inputOf(2), "main.index"],
			[inputOf(1), "main.index"],
			[inputOf(0), "main.leaf"],
		] as const) {
			const forged = borrowedWitness(circuit, honest, await circuit.witness(other), (name) => name === kept);
			assert.notEqual(circuit.checkConstraints(forged), null);
		}
		assertForgedWitness(circuit, honest, { index: (old) => old + 8n });
		assertEveryMutationCaught(circuit, honest);
	});

	for (const [lie, digit] of [
		["2 * 2 for the place 4", "2 * (2 - i)"],
		["a half, so that the lowest one is 3", "(2 - i) / 2"],
	] as const) {
		it(`refuses path digits that are no bits, with the path that follows from them: ${lie}`, async () => {
			const liar = await dishonestProver(OPTIONS, {
				"circuits/lib/hash/MerkleInclusion.circom": [["(index >> i) & 1", digit]],
			});
			const witness = await liar.witness(inputOf(4));
			assert.equal(liar.circuit.value(witness, "index"), 4n);
			assert.ok(liar.violations(witness).length > 0);
		});
	}
});
