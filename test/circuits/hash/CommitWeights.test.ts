import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commitWeights, packWeights } from "../../../worker/protocol/packing.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { untagged } from "../../support/circuits/untagged.ts";

const commitCircuit = (weights: number) =>
	testCircuit({
		...untagged("circuits/lib/hash/CommitWeights.circom", "CommitWeights"),
		params: [weights],
		optimization: "O2",
	});

describe("CommitWeights", () => {
	it("equals the reference at the ends of the range and across elements", async () => {
		const circuit = await commitCircuit(13);
		const weights = [-(2 ** 19), 2 ** 19 - 1, 0, -1, 1, 65536, -65536, 7, -7, 2 ** 18, -(2 ** 18), 12345, -54321];
		for (const salt of [0n, 123456789n]) {
			const witness = await circuit.witness({ w: weights.map(BigInt), salt });
			assert.equal(circuit.value(witness, "commitment"), commitWeights(weights, salt));
		}
	});

	it("is not injective without the range check that its tag stands for", async () => {
		// The reason for the tag: (2^20 + a, b) packs like (a, b + 1).
		const circuit = await commitCircuit(2);
		const commitment = async (w: readonly bigint[]) =>
			circuit.value(await circuit.witness({ w: [...w], salt: 5n }), "commitment");
		assert.equal(await commitment([2n ** 20n + 3n, 4n]), await commitment([3n, 5n]));
		assert.throws(() => packWeights([2 ** 20 + 3, 4]), RangeError);
	});
});
