import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import {
	computeWeight,
	PROBABILITY_ONE,
	roundShift,
	scaledLossGradient,
	sigmoid,
	truncRelu,
} from "../../../worker/protocol/fixedPoint.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import { plainLossGradient, plainSigmoid } from "../../support/plainTraining.ts";

test("rounding: nearest, halves up, on both sides of 0", () => {
	const cases = [-9, -8, -7, -5, -4, -3, -1, 0, 3, 4, 5, 11, 12].map((value) => [value, roundShift(value, 3)]);
	assert.deepEqual(cases, [
		[-9, -1],
		[-8, -1],
		[-7, -1],
		[-5, -1],
		[-4, 0],
		[-3, 0],
		[-1, 0],
		[0, 0],
		[3, 0],
		[4, 1],
		[5, 1],
		[11, 1],
		[12, 2],
	]);
	assert.equal(roundShift(2 ** 52, 34), 2 ** 18);
	assert.equal(roundShift(-(2 ** 52), 34), -(2 ** 18));
});

test("compute weights and activations at the ends of their ranges", () => {
	assert.deepEqual(
		[-(2 ** 19), -129, -128, -1, 127, 128, 2 ** 19 - 129, 2 ** 19 - 1].map(computeWeight),
		[-2048, -1, 0, 0, 0, 1, 2047, 2048],
	);
	assert.deepEqual([-(2 ** 19), -1, 0, 127, 128, 2 ** 19 - 1].map(truncRelu), [0, 0, 0, 0, 1, 4095]);
});

test("the sigmoid's table: near the true sigmoid, non-decreasing, exactly 1/2 at 0, at most 1", () => {
	let previous = PROBABILITY_ONE / 2;
	for (let rounded = 0; rounded < 16 * 512 + 4; rounded++) {
		const value = sigmoid(rounded * 128);
		const error = Math.abs(value / PROBABILITY_ONE - 1 / (1 + Math.exp(-rounded / 512)));
		assert.ok(error < 2 ** -14, `error ${error} at ${rounded / 512}`);
		assert.ok(value >= previous && value <= PROBABILITY_ONE, `decreases at ${rounded / 512}`);
		assert.equal(sigmoid(-rounded * 128), PROBABILITY_ONE - value);
		previous = value;
	}
	assert.equal(sigmoid(0), PROBABILITY_ONE / 2);
	assert.equal(sigmoid(2 ** 40), PROBABILITY_ONE);
	assert.equal(fixedPoint.sigmoidCoefficients.length, 2 ** fixedPoint.logitIntegerBits);
});

test("sigmoid and loss gradient equal the protocol's text, rounding of the logit included", () => {
	const random = createRandom("fixed point");
	const edges = [0, 1, 63, 64, 65, 127, 128, 191, 192, 193, 2 ** 20 - 65, 2 ** 20 - 64, 2 ** 20, 2 ** 34];
	const logits = [...edges, ...Array.from({ length: 3000 }, () => random.below(2 ** 21))].flatMap((l) => [l, -l]);
	let worst = 0;
	for (const logit of logits) {
		assert.equal(BigInt(sigmoid(logit)), plainSigmoid(BigInt(logit)));
		worst = Math.max(worst, Math.abs(sigmoid(logit) / PROBABILITY_ONE - 1 / (1 + Math.exp(-logit / 65536))));
		for (const label of [0, 1] as const) {
			for (const eta of [0, 1, 512, 4095, random.below(4096)]) {
				const gradient = scaledLossGradient(logit, label, eta);
				assert.equal(BigInt(gradient), plainLossGradient(BigInt(logit), label, BigInt(eta)));
				assert.ok(gradient >= -(2 ** 18) && gradient < 2 ** 18);
				// Nothing may grow: the gradient points from the probability to the label.
				assert.ok(label === 1 ? gradient <= 0 : gradient >= 0);
			}
		}
	}
	assert.ok(worst < 2 ** -11, `largest error ${worst}`);
});
