import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { dishonestProver } from "../../support/circuits/dishonestProver.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const STEPS = 4;
const DEPTH = 3;
const STATED = ["batchCount", "beacon", "firstStep", "totalSteps"];

const OPTIONS = {
	include: "circuits/training/StepSchedule.circom",
	template: "StepSchedule",
	params: [STEPS, DEPTH],
	publicSignals: STATED,
};

const schedule = () => testCircuit({ ...OPTIONS, optimization: "O2" });

type Statement = { batchCount: bigint; beacon: bigint; firstStep: bigint; totalSteps: bigint };

const some = (batchCount: number, beacon: number, firstStep: number, totalSteps: number): Statement => ({
	batchCount: BigInt(batchCount),
	beacon: BigInt(beacon),
	firstStep: BigInt(firstStep),
	totalSteps: BigInt(totalSteps),
});

describe("StepSchedule", () => {
	it("equals (beacon + k) mod batchCount and k < totalSteps", async () => {
		const circuit = await schedule();
		assert.ok(circuit.constraints.total <= 131 + 3 * DEPTH + 6 * (STEPS - 1), `${circuit.constraints.total}`);
		const random = createRandom("schedule");
		const edges = [
			some(1, 0, 0, 1),
			some(8, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32),
			some(8, 7, 0, 2 ** 32),
			some(3, 2, 0, 4),
		];
		const randoms = Array.from({ length: 100 }, () => {
			const firstStep = random.below(40);
			return some(1 + random.below(8), random.below(2 ** 32), firstStep, firstStep + 1 + random.below(8));
		});
		for (const statement of [...edges, ...randoms]) {
			const witness = await assertAccepted(circuit, statement);
			const { batchCount, beacon, firstStep, totalSteps } = statement;
			for (let i = 0n; i < STEPS; i++) {
				assert.equal(circuit.value(witness, `index[${i}]`), (beacon + firstStep + i) % batchCount);
				assert.equal(circuit.value(witness, `active[${i}]`), firstStep + i < totalSteps ? 1n : 0n);
			}
		}
	});

	it("refuses statements outside the ranges", async () => {
		const circuit = await schedule();
		for (const statement of [
			some(9, 1, 0, 4),
			some(8, 2 ** 32, 0, 4),
			some(8, 1, 2 ** 32, 2 ** 32 + 1),
			some(8, 1, 4, 4),
			some(8, 1, 5, 4),
			some(8, 1, 0, 2 ** 32 + 1),
			some(-1, 1, 0, 4),
		]) {
			await assertInputRefused(circuit, statement);
		}
	});

	for (const [lie, quotient] of [
		["one too small, so that the first index is batchCount or more", "position \\ batchCount - 1"],
		["one too large, so that the first index is negative", "position \\ batchCount + 1"],
		["one that wraps around the field, for an index of the prover's choice", "(position - 2) / batchCount"],
	] as const) {
		it(`refuses a quotient ${lie}, and all that follows from it`, async () => {
			const liar = await dishonestProver(OPTIONS, {
				"circuits/training/StepSchedule.circom": [["position \\ batchCount", quotient]],
			});
			// 13 = 4 * 3 + 1: the lies are index 4, -2 and 2. Exactly one range check stands against each.
			const witness = await liar.witness(some(3, 13, 0, 9));
			assert.equal(liar.violations(witness).length, 1);
		});
	}

	it("refuses the schedule of every other statement", async () => {
		const circuit = await schedule();
		const keep = (name: string): boolean => STATED.some((stated) => name === `main.${stated}`);
		for (const [stated, other] of [
			[some(5, 13, 0, 9), some(5, 14, 0, 9)],
			[some(5, 13, 0, 9), some(5, 18, 0, 9)],
			[some(5, 13, 0, 9), some(6, 13, 0, 9)],
			[some(5, 13, 0, 3), some(5, 13, 0, 4)],
			[some(5, 13, 0, 4), some(5, 13, 0, 3)],
			[some(5, 13, 4, 8), some(5, 13, 3, 8)],
			[some(5, 13, 4, 5), some(5, 13, 4, 6)],
		] as const) {
			const honest = await circuit.witness(stated);
			const forged = borrowedWitness(circuit, honest, await circuit.witness(other), keep);
			assert.notEqual(circuit.checkConstraints(forged), null, `${Object.values(stated)} as ${Object.values(other)}`);
		}
	});

	it("leaves only the hints of IsZero free", async () => {
		const circuit = await schedule();
		const { survivors } = mutateEach(circuit, await circuit.witness(some(5, 13, 1, 3)));
		for (const { signal } of survivors) assert.match(signal, /\.inv$/);
	});
});
