import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { type TrainedStudy, trainedArchitecture } from "../../../worker/core/training/architecture.ts";
import { backwardSample } from "../../../worker/core/training/backward.ts";
import { forwardSample } from "../../../worker/core/training/forward.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { carryPlanes, planesValue } from "../../../worker/core/training/planes.ts";
import { createPredictor, predict, predictClasses } from "../../../worker/core/training/predict.ts";
import { staysInRange, trainStep } from "../../../worker/core/training/trainStep.ts";
import { createGradientBuffers, createWorkspace, loadWeights } from "../../../worker/core/training/workspace.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import { networkOf } from "../../../worker/protocol/network.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import {
	plainBackward,
	plainExponentials,
	plainForward,
	plainSigmoid,
	plainStep,
} from "../../support/plainTraining.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { POOLED_STUDY, randomBatch, randomState, randomWeights, TINY_STUDY } from "../../support/trainingInstance.ts";
import { loadStudy } from "../../support/wdbc.ts";

const MOMENTUM = { optimizer: { kind: "momentum", momentum: 0.9 } } as const;
const WDBC = loadStudy();
const conv = (filters: number, height: number, width: number, stride: readonly [number, number] = [1, 1]) =>
	({ kind: "conv2d", filters, kernel: [height, width], stride: [...stride] }) as TrainedStudy["layers"][number];
const RELU = { kind: "relu" } as const;
const pool = (height: number, width: number) =>
	({ kind: "averagePooling", window: [height, width] }) as TrainedStudy["layers"][number];
const dense = (units: number) => ({ kind: "dense", units }) as const;
const SGD = { loss: "binary-cross-entropy", optimizer: { kind: "sgd" } } as const;

const IMAGE: TrainedStudy = {
	...SGD,
	input: { height: 7, width: 6, channels: 2 },
	layers: [conv(3, 3, 2, [2, 3]), RELU, dense(1)],
	batchSize: 4,
};
/** Gradients of the first blocks pass 2^53. */
const DEEP: TrainedStudy = {
	loss: "softmax-cross-entropy",
	optimizer: { kind: "sgd" },
	input: { height: 12, width: 12, channels: 1 },
	layers: [
		...[conv(3, 3, 3), RELU],
		...[conv(2, 1, 1), pool(2, 2), RELU, pool(2, 2)],
		...[conv(4, 1, 1), RELU],
		...[conv(3, 2, 2), RELU, dense(2)],
	],
	batchSize: 4,
};
const STUDIES: readonly (readonly [string, TrainedStudy])[] = [
	["table", WDBC],
	["image", IMAGE],
	["tiny", TINY_STUDY],
	["pooled, softmax, momentum", POOLED_STUDY],
	["pooled, momentum, one logit", { ...IMAGE, layers: [conv(2, 2, 2), pool(2, 2), RELU, dense(1)], ...MOMENTUM }],
	["deep", DEEP],
	["deep, momentum", { ...DEEP, ...MOMENTUM }],
	["two dense layers", { ...IMAGE, layers: [dense(3), RELU, dense(4)], loss: "softmax-cross-entropy" }],
	["one dense layer", { ...IMAGE, layers: [dense(1)] }],
];

const overflows = (run: () => unknown): void => {
	throwsWithCode(run, "TRAINING_OVERFLOW");
};

for (const [name, study] of STUDIES) {
	test(`${name}: a step equals the protocol's text, and overflows where it does`, () => {
		const random = createRandom(name);
		let overflowed = 0;
		for (let seed = 0; seed < 40; seed++) {
			const state = randomState(study, `${seed}`, [0.1, 0.4, 1, 7.9][seed % 4]);
			const batch = randomBatch(study, `${seed}`);
			const learningRate = [1, 512, 4095, 1 + random.below(4095)][random.below(4)] as number;
			const expected = plainStep(study, state, batch, learningRate);
			if (expected === null) {
				overflowed++;
				overflows(() => trainStep(study, state, batch, learningRate));
			} else assert.deepEqual(trainStep(study, state, batch, learningRate), expected);
			// A prediction has no range to leave, but activations that saturate far beyond it.
			const { inputs } = batch[0] as (typeof batch)[0];
			const { logits, logitBits, inRange } = plainForward(study, state.weights, inputs);
			assert.equal(staysInRange(study, state.weights, batch.slice(0, 1)), inRange);
			if (!inRange && study !== WDBC) continue;
			const predicted = createPredictor(study, state.weights)(inputs);
			assert.deepEqual(
				predicted.logits,
				logits.map((l) => Number(l) / 2 ** Number(logitBits)),
			);
			if (study.loss === "binary-cross-entropy") {
				const probability = Number(plainSigmoid(logits[0] as bigint, logitBits)) / 2 ** 40;
				assert.equal(predict(study, state.weights, inputs), probability);
				assert.deepEqual(predictClasses(study, state.weights, inputs), [1 - probability, probability]);
			} else {
				const e = plainExponentials(logits, logitBits).map(Number);
				const sum = e.reduce((total, value) => total + value, 0);
				assert.deepEqual(
					predicted.probabilities,
					e.map((value) => value / sum),
				);
			}
		}
		assert.ok(overflowed < 30, `${overflowed} of 40 overflowed`);
		assert.ok(overflowed > 0 || name.includes("one dense"), "none overflowed");
	});
}

test("gradients beyond 2^53 are held in planes, and only they", () => {
	const counts = (study: TrainedStudy) => trainedArchitecture(study).planes.map(({ count }) => count);
	assert.deepEqual(counts(WDBC), [1, 1]);
	assert.deepEqual(counts({ ...IMAGE, ...MOMENTUM }), [1, 1]);
	const [first = 0, ...others] = counts(DEEP);
	assert.ok(first > 1 && others.at(-1) === 1, `${first}, ${others.join(", ")}`);
});

test("a gradient beyond 2^53 is exact to the last bit", () => {
	const architecture = trainedArchitecture(DEEP);
	const workspace = createWorkspace(architecture);
	const gradients = createGradientBuffers(architecture);
	const weights = randomWeights(DEEP, "exact", 2);
	const sums = weights.map(() => 0n);
	loadWeights(architecture, workspace, weights);
	for (const { inputs } of randomBatch(DEEP, "exact")) {
		const forward = plainForward(DEEP, weights, inputs);
		plainBackward(forward, [131071n, -131072n], sums);
		forwardSample(architecture, workspace, inputs);
		gradients.at(-1)?.activation[0]?.set([131071, -131072]);
		backwardSample(architecture, workspace, gradients);
	}
	for (const [index, { kernelAt, biasAt, taps, filters, area, inputScaleBits }] of architecture.walked.entries()) {
		const { kernel, bias } = gradients[index] ?? { kernel: [], bias: [] };
		for (let filter = 0; filter < filters; filter++) {
			const scale = BigInt(area) << BigInt(inputScaleBits);
			assert.equal(planesValue(bias, filter) * scale, sums[biasAt + filter]);
			for (let tap = 0; tap < taps; tap++) {
				assert.equal(planesValue(kernel, filter * taps + tap), sums[kernelAt + tap * filters + filter]);
			}
		}
	}
	assert.ok(
		sums.some((sum) => sum > 2n ** 53n && sum % 2n === 1n),
		"none is beyond the numbers that a double holds",
	);
});

test("planes: what is carried stays the same number, in small planes", () => {
	const random = createRandom("planes");
	const from = Array.from({ length: 2 }, () =>
		Float64Array.from({ length: 50 }, () => (random.below(2) === 0 ? -1 : 1) * random.below(2 ** 31) * 2 ** 20),
	);
	const to = Array.from({ length: 4 }, () => new Float64Array(50));
	const before = Array.from({ length: 50 }, (_, index) => planesValue(from, index));
	carryPlanes(from, to);
	assert.deepEqual(
		Array.from({ length: 50 }, (_, index) => planesValue(to, index)),
		before,
	);
	assert.ok(to.every((plane) => plane.every((value) => Math.abs(value) <= 2 ** 23)));
});

test("a pre-activation, a weight and a velocity overflow exactly at their limits", () => {
	// One tap: z = x * v + bias * 2^7 with x = -128.
	const study: TrainedStudy = {
		...SGD,
		input: { height: 1, width: 1, channels: 1 },
		layers: [conv(1, 1, 1), RELU, dense(1)],
		batchSize: 1,
	};
	const train = (weights: readonly number[], input = 0, label = 0, rate = 4095) =>
		trainStep(study, { weights }, [{ inputs: Uint8Array.of(input), label }], rate).weights;
	// z = 2048 * 128 + 2048 * 128 = 2^19: one above the largest; one unit less fits.
	overflows(() => train([-(2 ** 19), 2 ** 19 - 1, 0, 0], 0, 0, 1));
	assert.equal(train([-(2 ** 19), 2 ** 19 - 129, 0, 0], 0, 0, 1).length, 4);
	// The dense bias moves by eta / 2 = 4095 * 2^5.
	assert.equal(train([0, 0, 0, 0], 128, 0)[3], -4095 * 32);
	// Near 8 and -8 the gradient still moves a bias outwards by 88 units; inwards it may go.
	const top = 2 ** 19 - 1;
	overflows(() => train([0, 0, 0, top], 128, 1));
	overflows(() => train([0, 0, 0, -top - 1], 128, 0));
	assert.equal(train([0, 0, 0, top - 88], 128, 1)[3], top);
	assert.equal(train([0, 0, 0, 88 - top - 1], 128, 0)[3], -top - 1);
	// With momentum 255 / 256 a velocity of almost 8 grows by eta / 2, almost 2.
	const heavy: TrainedStudy = { ...study, optimizer: { kind: "momentum", momentum: 255 / 256 } };
	const move = (velocity: number, rate: number, label = 0) =>
		trainStep(
			heavy,
			{ weights: [0, 0, 0, 0], velocity: [0, 0, 0, velocity] },
			[{ inputs: Uint8Array.of(128), label }],
			rate,
		);
	const limit = 2 ** 23;
	// velocity * 255 / 256 and the gradient of rate 64, half of 2^-4: 2^15 at the velocity's scale.
	const start = Math.floor(((limit - 1 - 32768) * 256) / 255);
	assert.equal(move(start, 64).velocity?.[3], Math.round((start * 255) / 256) + 32768);
	overflows(() => move(start + 2, 64));
	// Downwards the weight would leave its range first: 2^23 / 16 is one too many.
	overflows(() => move(-start, 64, 1));
	const lower = start - 32;
	assert.equal(move(-lower, 64, 1).velocity?.[3], Math.round((-lower * 255) / 256) - 32768);
});

test("an inactive step keeps the weights and forgets the velocity", () => {
	const state = randomState(POOLED_STUDY, "idle", 0.2);
	const idle = trainStep(POOLED_STUDY, state, randomBatch(POOLED_STUDY, "idle"), 512, false);
	assert.deepEqual(idle, { weights: state.weights, velocity: state.weights.map(() => 0) });
	const wild = randomState(TINY_STUDY, "wild", 7.9);
	const batch = [0, 1].map(() => ({ inputs: new Uint8Array(6).fill(255), label: 0 }));
	const weights = wild.weights.map(() => 2 ** 19 - 1);
	overflows(() => trainStep(TINY_STUDY, { weights }, batch, 512, false));
});

test("sizes, labels and learning rates are checked", () => {
	const batch = randomBatch(TINY_STUDY, "a");
	const state = randomState(TINY_STUDY, "a");
	const { weights } = state;
	assert.throws(() => trainStep(TINY_STUDY, { weights: weights.slice(1) }, batch, 512), RangeError);
	assert.throws(() => trainStep(TINY_STUDY, { weights, velocity: weights }, batch, 512), RangeError);
	assert.throws(() => trainStep({ ...TINY_STUDY, ...MOMENTUM }, state, batch, 512), RangeError);
	assert.throws(() => trainStep(TINY_STUDY, state, batch.slice(1), 512), RangeError);
	assert.throws(() => createPredictor(TINY_STUDY, weights.slice(1)), RangeError);
	assert.throws(() => predict(TINY_STUDY, weights, new Uint8Array(5)), RangeError);
	assert.throws(() => predict(POOLED_STUDY, randomWeights(POOLED_STUDY, "a"), new Uint8Array(56)), RangeError);
	for (const label of [2, -1, 0.5]) {
		const wrong = batch.map((sample) => ({ ...sample, label }));
		assert.throws(() => trainStep(TINY_STUDY, state, wrong, 512), RangeError);
	}
	for (const rate of [0, 4096, 0.5]) assert.throws(() => trainStep(TINY_STUDY, state, batch, rate), RangeError);
	// Planes hold almost anything; the sums of this one are still too many.
	const layers = [conv(32, 1, 1), RELU, pool(16, 16), conv(32, 1, 1), pool(2, 2), RELU, dense(1)];
	const large: TrainedStudy = { ...IMAGE, input: { height: 64, width: 64, channels: 64 }, layers, batchSize: 32 };
	throwsWithCode(() => trainedArchitecture(large), "STUDY_INVALID");
});

test("initial weights: deterministic, within He's limits, biases 0", () => {
	const weights = initialWeights(WDBC, standInDeployment("known answer"));
	assert.deepEqual(initialWeights(WDBC, standInDeployment("known answer")), weights);
	assert.notDeepEqual(initialWeights(WDBC, standInDeployment("another")), weights);
	for (const network of [WDBC, POOLED_STUDY, DEEP]) {
		const { blocks, weightCount, inputCount, outputs } = networkOf(network);
		const columns = Array.from({ length: inputCount }, (_, index) => ({ name: `c${index}`, mean: 0, deviation: 1 }));
		const classes = Array.from({ length: Math.max(2, outputs) }, (_, label) => `class ${label}`);
		const { preprocessing, ...rest } = loadStudy();
		const study: Study = { ...rest, ...network, classes, preprocessing: { ...preprocessing, columns } };
		const drawn = initialWeights(study, standInDeployment("limits"));
		assert.equal(drawn.length, weightCount);
		for (const { kernelAt, biasAt, filters, taps } of blocks) {
			const limit = Math.sqrt(6 / taps) * 65536;
			const kernel = drawn.slice(kernelAt, biasAt);
			assert.ok(kernel.every((weight) => Number.isInteger(weight) && Math.abs(weight) <= limit));
			assert.ok(kernel.some((weight) => Math.abs(weight) > limit / 2));
			assert.deepEqual(drawn.slice(biasAt, biasAt + filters), Array(filters).fill(0));
		}
	}
});
