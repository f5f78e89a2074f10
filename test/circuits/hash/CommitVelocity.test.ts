import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commitVelocity, commitWeights } from "../../../worker/protocol/packing.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { untagged } from "../../support/circuits/untagged.ts";

describe("CommitVelocity", () => {
	it("equals the reference at the ends of the range and across elements, and is no commitment to weights", async () => {
		const circuit = await testCircuit({
			...untagged("circuits/lib/hash/CommitVelocity.circom", "CommitVelocity"),
			params: [11],
			optimization: "O2",
		});
		const velocity = [-(2 ** 23), 2 ** 23 - 1, 0, -1, 1, 2 ** 20, -(2 ** 20), 7, -7, 12345, -54321];
		for (const blind of [0n, 123456789n]) {
			const witness = await circuit.witness({ velocity: velocity.map(BigInt), blind });
			assert.equal(circuit.value(witness, "commitment"), commitVelocity(velocity, blind));
		}
		const small = velocity.map((value) => value % 2 ** 19);
		assert.notEqual(commitVelocity(small, 5n), commitWeights(small, 5n));
		assert.throws(() => commitVelocity([2 ** 23], 0n), RangeError);
	});
});
