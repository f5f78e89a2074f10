/** The bound of an update's norm: what an honest hospital may do, and what stands in the way of a poisoned update. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { dishonestProver } from "../../support/circuits/dishonestProver.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { encryptionCase, encryptionCircuitOptions, smallInstance } from "../../support/encryptionInstance.ts";
import { randomRing } from "../../support/randomRing.ts";

const random = randomRing("update norm");
const BASE = Array.from({ length: smallInstance.weightCount }, () => random.within(-(2 ** 18), 2 ** 18));
const STEP = BASE.map(() => random.within(-(2 ** 14), 2 ** 14));
const moved = (factor: number): readonly number[] => BASE.map((weight, index) => weight + factor * (STEP[index] ?? 0));
const squared = (weights: readonly number[]): bigint =>
	weights.reduce((sum, weight, index) => sum + BigInt(weight - (BASE[index] ?? 0)) ** 2n, 0n);

/** Exactly the update's own norm: equality is allowed. */
const BOUND = squared(moved(1));
const size = { ...smallInstance, normBound: BOUND };
const caseOf = (weights: readonly number[], baseWeights = BASE) =>
	encryptionCase(size, "bounded", { weights, baseWeights });

describe("EncryptUpdate with a bound", () => {
	it("takes updates up to the bound, in all directions, and outputs what it does without", async () => {
		const circuit = await testCircuit({ ...(await encryptionCircuitOptions(size)), optimization: "O2" });
		for (const weights of [moved(1), moved(-1), moved(0)]) {
			const { input, outputs } = caseOf(weights);
			const witness = await assertAccepted(circuit, input);
			for (const [name, value] of Object.entries(outputs)) assert.equal(circuit.value(witness, name), value);
		}
		const extremes = { baseWeights: BASE.map(() => -(2 ** 19)), weights: BASE.map(() => -(2 ** 19)) };
		await assertAccepted(circuit, encryptionCase(size, "lowest", extremes).input);
	});

	it("refuses an update one unit past it, a scaled one, and the largest there is", async () => {
		const circuit = await testCircuit({ ...(await encryptionCircuitOptions(size)), optimization: "O2" });
		const step = STEP.findIndex((value) => value > 0);
		const further = moved(1).with(step, (moved(1)[step] ?? 0) + 1);
		assert.ok(squared(further) > BOUND);
		for (const weights of [further, moved(2), moved(-8), BASE.map(() => 2 ** 19 - 1), BASE.map(() => -(2 ** 19))]) {
			await assertInputRefused(circuit, caseOf(weights).input);
		}
	});

	it("allows exactly its integer: one below the update's square refuses it", async () => {
		const tight = { ...size, normBound: BOUND - 1n };
		const circuit = await testCircuit({ ...(await encryptionCircuitOptions(tight)), optimization: "O2" });
		await assertInputRefused(circuit, caseOf(moved(1)).input);
		await assertAccepted(circuit, caseOf(moved(0)).input);
	});

	it("cannot be passed by a poisoner who measures from other weights than the round's", async () => {
		const liar = await dishonestProver(await encryptionCircuitOptions(size));
		const poisoned = moved(16);
		const { input } = caseOf(poisoned);
		// From its own weights the update is short; only the round's commitment tells.
		const forged = { ...input, baseWeights: poisoned.map(BigInt) };
		const unbound = liar.violations(await liar.witness(forged));
		assert.equal(unbound.length, 1);
		assert.ok(unbound[0]?.includes("main.norm.commitment") && unbound[0].includes("main.norm.baseCommitment"));
		// With the round's weights, only the bound does.
		const measured = liar.violations(await liar.witness(input));
		assert.equal(measured.length, 1);
		assert.ok(
			measured[0]?.some((signal) => signal.includes("norm.RangeCheck")),
			`${measured}`,
		);
		// The commitment to a wrapped weight packs to the same elements: w + 2^20 in one place, one less in the next.
		const wrapped = BASE.with(0, (BASE[0] ?? 0) + 2 ** 20).with(1, (BASE[1] ?? 0) - 1);
		assert.equal(commitWeights(BASE, 0n), input.baseCommitment);
		const packed = liar.violations(await liar.witness({ ...input, baseWeights: wrapped.map(BigInt) }));
		assert.ok(
			packed.some((signals) => signals.some((signal) => /norm\..*check\[0\]\.low/.test(signal))),
			`${packed}`,
		);
		assert.ok(
			!packed.some((signals) => signals.includes("main.norm.baseCommitment")),
			"the packing itself is the same",
		);
	});

	it("leaves no signal free", async () => {
		const circuit = await testCircuit(await encryptionCircuitOptions(size));
		const witness = await circuit.witness(caseOf(moved(1)).input);
		assertEveryMutationCaught(circuit, witness);
		assertDetermined(circuit, witness);
	});
});
