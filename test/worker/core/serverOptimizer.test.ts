import assert from "node:assert/strict";
import { test } from "node:test";
import { type GlobalModel, serverStep, stateCountOf } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { integerRoot, roundDivide } from "../../../worker/protocol/integers.ts";
import type { ServerOptimizer } from "../../../worker/protocol/study.ts";
import { randomRing } from "../../support/randomRing.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import vectors from "../../vectors/serverOptimizer.json" with { type: "json" };

const ADAM = { kind: "fedadam", learningRate: 0.02, beta1: 0.9, beta2: 0.99, epsilon: 0.001 } as const;
const MOMENTUM = { kind: "fedavgm", learningRate: 1, momentum: 0.9 } as const;

for (const { optimizer, base, rounds } of vectors.cases) {
	test(`equals the protocol's text, computed elsewhere: ${JSON.stringify(optimizer)}`, () => {
		let model: GlobalModel = { weights: base, state: [] };
		for (const { sums, sampleSum, weights, state } of rounds) {
			model = serverStep({
				optimizer: optimizer as ServerOptimizer,
				base: model,
				sums: sums.map(BigInt),
				sampleSum,
			});
			assert.deepEqual(model, { weights, state: state.map((array) => array.map(BigInt)) });
		}
	});
}

/** The papers' formulas in doubles, on reals. */
const floatStep = (
	optimizer: ServerOptimizer,
	weights: readonly number[],
	state: number[][],
	mean: readonly number[],
) => {
	const changes = mean.map((value, index) => value - (weights[index] as number));
	if (optimizer.kind === "fedavg") return [...mean];
	if (optimizer.kind === "fedavgm") {
		state[0] = changes.map((change, index) => optimizer.momentum * (state[0]?.[index] ?? 0) + change);
		return weights.map((weight, index) => weight + optimizer.learningRate * (state[0]?.[index] ?? 0));
	}
	const { beta1, beta2, epsilon, learningRate } = optimizer;
	state[0] = changes.map((change, index) => beta1 * (state[0]?.[index] ?? 0) + (1 - beta1) * change);
	state[1] = changes.map((change, index) => beta2 * (state[1]?.[index] ?? epsilon ** 2) + (1 - beta2) * change ** 2);
	return weights.map(
		(weight, index) =>
			weight + (learningRate * (state[0]?.[index] ?? 0)) / (Math.sqrt(state[1]?.[index] ?? 0) + epsilon),
	);
};

for (const optimizer of [{ kind: "fedavg" }, MOMENTUM, ADAM] as const) {
	test(`${optimizer.kind}: follows the paper's formulas in floating point over 20 rounds`, () => {
		const random = randomRing(`server ${optimizer.kind}`);
		let model: GlobalModel = {
			weights: Array.from({ length: 8 }, () => random.within(-(2 ** 14), 2 ** 14)),
			state: [],
		};
		let float = model.weights.map((weight) => weight / 2 ** 16);
		const state: number[][] = [];
		for (let round = 0; round < 20; round++) {
			const sampleSum = 1 + random.within(0, 300);
			const sums = model.weights.map((weight) => BigInt(sampleSum * weight + random.within(-(2 ** 18), 2 ** 18)));
			const mean = sums.map((sum) => Number(sum) / sampleSum / 2 ** 16);
			// The floats start each round from the integers' weights: the means belong to them.
			float = floatStep(
				optimizer,
				model.weights.map((weight) => weight / 2 ** 16),
				state,
				mean,
			);
			model = serverStep({ optimizer, base: model, sums, sampleSum });
			for (const [index, weight] of model.weights.entries()) {
				assert.ok(Math.abs(weight / 2 ** 16 - (float[index] as number)) < 2 ** -14, `round ${round}, weight ${index}`);
			}
		}
	});
}

test("FedAvgM without momentum's memory and a step of 1 is FedAvg; without a change nothing moves", () => {
	const base: GlobalModel = { weights: [5, -7, 300], state: [] };
	const sums = [16n, -3n, 900n];
	const averaged = serverStep({ optimizer: { kind: "fedavg" }, base: undefined, sums, sampleSum: 3 });
	assert.deepEqual(serverStep({ optimizer: MOMENTUM, base, sums, sampleSum: 3 }).weights, averaged.weights);
	for (const optimizer of [MOMENTUM, ADAM]) {
		const still = serverStep({ optimizer, base, sums: base.weights.map((w) => BigInt(3 * w)), sampleSum: 3 });
		assert.deepEqual(still.weights, base.weights);
		assert.equal(still.state.length, stateCountOf(optimizer));
	}
});

test("a weight that would leave 20 bits stays at the end of the range, and the object can hold the state", () => {
	const base: GlobalModel = { weights: [2 ** 19 - 10, -(2 ** 19) + 10], state: [] };
	const sums = [BigInt(2 ** 19 - 1), -BigInt(2 ** 19)];
	let model = base;
	for (let round = 0; round < 50; round++) model = serverStep({ optimizer: ADAM, base: model, sums, sampleSum: 1 });
	assert.deepEqual(model.weights, [2 ** 19 - 1, -(2 ** 19)]);
	const fast = { kind: "fedavgm", learningRate: 4, momentum: 0.99 } as const;
	let swinging: GlobalModel = { weights: [-(2 ** 19), 2 ** 19 - 1], state: [] };
	for (let round = 0; round < 50; round++) {
		swinging = serverStep({ optimizer: fast, base: swinging, sums: [sums[0], sums[1]] as bigint[], sampleSum: 1 });
		for (const weight of swinging.weights) assert.ok(weight >= -(2 ** 19) && weight < 2 ** 19);
	}
});

test("state that is not of the study is refused", () => {
	const refuse = (state: GlobalModel["state"], optimizer: ServerOptimizer, weights = [1, 2]) =>
		throwsWithCode(
			() => serverStep({ optimizer, base: { weights, state }, sums: [1n, 2n], sampleSum: 1 }),
			"MODEL_MALFORMED",
		);
	refuse([[0n, 0n]], ADAM);
	refuse(
		[
			[0n, 0n],
			[0n, 0n],
		],
		MOMENTUM,
	);
	refuse([[0n]], MOMENTUM);
	refuse([], MOMENTUM, [1]);
	refuse(
		[
			[0n, 0n],
			[0n, -1n],
		],
		ADAM,
	);
	throwsWithCode(() => serverStep({ optimizer: ADAM, base: undefined, sums: [1n], sampleSum: 1 }), "MODEL_MALFORMED");
});

test("integer root and rounded division, by their definitions", () => {
	for (const value of [0n, 1n, 2n, 3n, 4n, 8n, 9n, 15n, 16n, 2n ** 62n, 2n ** 62n - 1n, 2n ** 127n + 12345n]) {
		const root = integerRoot(value);
		assert.ok(root * root <= value && (root + 1n) ** 2n > value, String(value));
	}
	for (let value = 0n; value < 2000n; value++) {
		const root = integerRoot(value);
		assert.ok(root * root <= value && (root + 1n) ** 2n > value, String(value));
	}
	assert.throws(() => integerRoot(-1n), RangeError);
	assert.deepEqual(
		[3n, -3n, 1n, -1n, 0n, 5n, -5n].map((numerator) => roundDivide(numerator, 2n)),
		[2n, -1n, 1n, 0n, 0n, 3n, -2n],
	);
});
