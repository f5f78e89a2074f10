import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import {
	computeWeight,
	exponential,
	PROBABILITY_ONE,
	roundShift,
	roundShiftBig,
	scaledLossGradient,
	scaledSoftmaxGradient,
	sigmoid,
	truncRelu,
} from "../../../worker/protocol/fixedPoint.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import {
	plainExponentials,
	plainLossGradient,
	plainSigmoid,
	plainSoftmaxGradients,
} from "../../support/plainTraining.ts";

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
	for (const [value = 0, rounded = 0] of cases) assert.equal(roundShiftBig(BigInt(value), 3), BigInt(rounded));
	assert.equal(roundShift(2 ** 52, 34), 2 ** 18);
	assert.equal(roundShift(-(2 ** 52), 34), -(2 ** 18));
});

test("compute weights and activations at the ends of their ranges", () => {
	assert.deepEqual(
		[-(2 ** 19), -129, -128, -1, 127, 128, 2 ** 19 - 129, 2 ** 19 - 1].map(computeWeight),
		[-2048, -1, 0, 0, 0, 1, 2047, 2048],
	);
	assert.deepEqual(
		[-(2 ** 19), -1, 0, 127, 128, 2 ** 19 - 1].map((z) => truncRelu(z)),
		[0, 0, 0, 0, 1, 4095],
	);
	// Scale 2^17, as pooling over four makes it.
	assert.deepEqual(
		[-1, 511, 512, 2 ** 21 - 1].map((z) => truncRelu(z, 17)),
		[0, 0, 1, 4095],
	);
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

test("the exponential's table: near exp, never increasing, exactly 1 at 0, 0 from 16 on", () => {
	let previous = PROBABILITY_ONE;
	for (let rounded = 0; rounded < 16 * 512 + 4; rounded++) {
		const value = exponential(rounded * 128);
		const error = Math.abs(value / PROBABILITY_ONE - Math.exp(-rounded / 512));
		assert.ok(error < 2 ** -11, `error ${error} at ${rounded / 512}`);
		assert.ok(value >= 0 && value <= previous, `increases at ${rounded / 512}`);
		previous = value;
	}
	assert.equal(exponential(0), PROBABILITY_ONE);
	assert.equal(exponential(63), PROBABILITY_ONE);
	assert.equal(exponential(16 * 2 ** 16 - 65), exponential(16 * 2 ** 16 - 128));
	assert.equal(exponential(16 * 2 ** 16), 0);
	assert.equal(exponential(2 ** 50), 0);
	assert.equal(fixedPoint.exponentialCoefficients.length, 2 ** fixedPoint.logitIntegerBits);
});

test("softmax gradients equal the protocol's text, sum to nearly 0 and point from the prediction to the label", () => {
	const random = createRandom("softmax");
	for (let round = 0; round < 400; round++) {
		const classes = 2 + random.below(9);
		const bits = 15 + random.below(6);
		const spread = 2 ** (bits - 4 + random.below(9));
		const logits = Array.from({ length: classes }, () => random.below(spread) - Math.floor(spread / 2));
		const label = random.below(classes);
		const eta = [0, 1, 512, 4095][random.below(4)] ?? 0;
		const largest = Math.max(...logits);
		const e = logits.map((logit) => exponential(largest - logit, bits));
		assert.deepEqual(e.map(BigInt), plainExponentials(logits.map(BigInt), BigInt(bits)));
		const sum = e.reduce((total, value) => total + value, 0);
		const gradients = e.map((value, k) => scaledSoftmaxGradient(value, sum, k === label ? 1 : 0, eta));
		assert.deepEqual(
			gradients.map(BigInt),
			plainSoftmaxGradients(logits.map(BigInt), label, BigInt(eta), BigInt(bits)),
		);
		for (const [k, gradient] of gradients.entries()) {
			assert.ok(gradient >= -(2 ** 18) && gradient < 2 ** 18);
			assert.ok(k === label ? gradient <= 0 : gradient >= 0);
		}
		assert.ok(Math.abs(gradients.reduce((total, gradient) => total + gradient, 0)) <= classes / 2);
	}
});
