import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { readyBackend, useBackend } from "../../../worker/adapters/tensorflow/backend.ts";
import type { ModelStudy } from "../../../worker/adapters/tensorflow/layersModel.ts";
import { floatModel, trainFloat } from "../../../worker/adapters/tensorflow.ts";
import { publicSplit } from "../../../worker/core/dataset/consortium.ts";
import { quantizeRow } from "../../../worker/core/dataset/preprocess.ts";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { evaluate } from "../../../worker/core/metrics/evaluate.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { predict, predictClasses } from "../../../worker/core/training/predict.ts";
import { trainRound } from "../../../worker/core/training/trainRound.ts";
import { trainStep } from "../../../worker/core/training/trainStep.ts";
import { standInDeployment } from "../../../worker/protocol/deploymentId.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import { architectureOf, learningRateInteger, type Study } from "../../../worker/protocol/study.ts";
import { digitsLikeSamples, loadDigitsLike } from "../../support/digitsLike.ts";
import { plainGradient, plainTrain } from "../../support/plainCnn.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { loadStudy, loadWdbc } from "../../support/wdbc.ts";

const WDBC = loadStudy();
const IMAGE_INPUT = { height: 8, width: 6, channels: 2 };
/** An image: kernel and stride in two dimensions, with a row and a column that the stride leaves over. */
const IMAGE: ModelStudy = {
	input: IMAGE_INPUT,
	layers: [
		{ kind: "conv2d", filters: 3, kernel: [3, 2], stride: [2, 3] },
		{ kind: "relu" },
		{ kind: "dense", units: 1 },
	],
	loss: "binary-cross-entropy",
};
/** Every kind of layer, pooling that leaves rows and columns over, three classes, momentum. */
const DEEP: ModelStudy & Pick<Study, "optimizer"> = {
	input: IMAGE_INPUT,
	layers: [
		{ kind: "conv2d", filters: 3, kernel: [2, 2], stride: [1, 1] },
		{ kind: "averagePooling", window: [2, 1] },
		{ kind: "relu" },
		{ kind: "averagePooling", window: [1, 2] },
		{ kind: "conv2d", filters: 2, kernel: [2, 1], stride: [1, 1] },
		{ kind: "relu" },
		{ kind: "dense", units: 4 },
		{ kind: "relu" },
		{ kind: "dense", units: 3 },
	],
	loss: "softmax-cross-entropy",
	optimizer: { kind: "momentum", momentum: 0.75 },
};

const SCALE = 2 ** 16;
const random = createRandom("tensorflow");
const randomWeights = (study: ModelStudy & Partial<Pick<Study, "optimizer">>): number[] =>
	Array.from({ length: architectureOf(study).weightCount }, () => random.below(SCALE) - SCALE / 2);
const randomBatches = (study: ModelStudy & Partial<Pick<Study, "optimizer">>, count: number): Sample[][] =>
	Array.from({ length: count }, () =>
		Array.from({ length: 8 }, () => ({
			inputs: Uint8Array.from({ length: architectureOf(study).inputCount }, () => random.below(256)),
			label: random.below(Math.max(2, architectureOf(study).outputs)),
		})),
	);

const assertClose = (actual: readonly number[], expected: readonly number[], tolerance: number): void => {
	assert.equal(actual.length, expected.length);
	actual.forEach((value, index) => {
		const wanted = expected[index] as number;
		assert.ok(Math.abs(value - wanted) < tolerance, `value ${index} is ${value}, not ${wanted}`);
	});
};

const compare = async (study: ModelStudy & Partial<Pick<Study, "optimizer">>): Promise<void> => {
	const start = randomWeights(study);
	const batches = randomBatches(study, 6);
	const floats = start.map((weight) => weight / SCALE);
	const expected = plainTrain(study, floats, [...batches, ...batches], 0.25);
	const trained = await trainFloat({ study, initialWeights: start, batches, epochs: 2, learningRate: 0.25 });
	assertClose(trained.weights, expected, 2e-5);
	const samples = batches.flat();
	const plain = samples.map((sample) => plainGradient(study, expected, sample));
	assertClose(
		trained.predictClasses(samples).flat(),
		plain.flatMap(({ probabilities }) => probabilities),
		5e-5,
	);
	if (study.loss === "binary-cross-entropy") {
		const probabilities = plain.map(({ probability }) => probability);
		assertClose(trained.predict(samples), probabilities, 5e-5);
	} else assert.throws(() => trained.predict(samples), RangeError);
	assertClose([trained.loss(samples)], [plain.reduce((sum, { loss }) => sum + loss, 0) / samples.length], 1e-4);
	trained.dispose();
};

for (const backend of ["cpu", "wasm"] as const) {
	for (const [name, study] of [
		["table", WDBC],
		["strided image", IMAGE],
		["deep network with pooling, softmax and momentum", DEEP],
	] as const) {
		test(`${backend}: training: ${name} follows the definition`, async () => {
			await readyBackend();
			assert.ok(await useBackend(backend), "both backends run wherever Node does");
			await compare(study);
		});
	}
}

test("the beacon rotates the batches", async () => {
	const options = { study: WDBC, initialWeights: randomWeights(WDBC), epochs: 1, learningRate: 0.5 };
	const batches = randomBatches(WDBC, 3);
	const rotated = await trainFloat({ ...options, batches, beacon: 4 });
	const expected = await trainFloat({ ...options, batches: [...batches.slice(1), ...batches.slice(0, 1)] });
	const inOrder = await trainFloat({ ...options, batches });
	assert.deepEqual(rotated.weights, expected.weights);
	assert.notDeepEqual(rotated.weights, inOrder.weights);
	for (const model of [rotated, expected, inOrder]) model.dispose();
});

test("integer weights become the same model as their floats", async () => {
	const weights = randomWeights(IMAGE);
	const model = await floatModel({ study: IMAGE, weights });
	const floats = weights.map((weight) => weight / SCALE);
	assertClose(model.weights, floats, 1e-12);
	const samples = randomBatches(IMAGE, 140).flat();
	const probabilities = samples.map((sample) => plainGradient(IMAGE, floats, sample).probability);
	assertClose(model.predict(samples), probabilities, 1e-5);
	assert.deepEqual(model.predict([]), []);
	model.dispose();
});

const wdbcSamples = async (): Promise<readonly Sample[]> =>
	(await loadWdbc()).map(({ features, label }) => ({ inputs: quantizeRow(features, WDBC.preprocessing), label }));

test("central float training on WDBC holds the baseline: AUC above .99, accuracy above .96", async () => {
	const samples = await wdbcSamples();
	const [training, held] = publicSplit(samples.map(({ label }) => label));
	const batches = Array.from({ length: training.length / 8 }, (_, index) =>
		training.slice(index * 8, index * 8 + 8).map((row) => samples[row] as Sample),
	);
	const start = initialWeights(WDBC, standInDeployment("central"));
	const model = await trainFloat({
		study: WDBC,
		initialWeights: start,
		batches,
		epochs: 3,
		learningRate: WDBC.learningRate,
	});
	const test_ = held.map((row) => samples[row] as Sample);
	const { auc, accuracy } = evaluate({ labels: test_.map(({ label }) => label), probabilities: model.predict(test_) });
	model.dispose();
	assert.ok((auc.value ?? 0) > 0.99, `AUC ${auc.value}`);
	assert.ok((accuracy.value ?? 0) > 0.96, `accuracy ${accuracy.value}`);
});

test("each proven fixed-point step stays beside the float step from the same weights, and so do predictions", async () => {
	const samples = (await wdbcSamples()).slice(0, 120);
	const learningRate = learningRateInteger(WDBC.learningRate);
	const distances: number[] = [];
	let weights = initialWeights(WDBC, standInDeployment("float"));
	for (let start = 0; start < samples.length; start += 8) {
		const batch = samples.slice(start, start + 8);
		const options = { study: WDBC, initialWeights: weights, batches: [batch], epochs: 1 };
		const float = await trainFloat({ ...options, learningRate: WDBC.learningRate });
		weights = trainStep(WDBC, { weights }, batch, learningRate).weights;
		const fixed = weights.map((weight) => weight / SCALE);
		distances.push(Math.max(...fixed.map((weight, index) => Math.abs(weight - (float.weights[index] as number)))));
		float.dispose();
	}
	// Truncation moves a weight by about 1e-3; an activation that it takes across ReLU's corner, up to 0.02.
	distances.sort((a, b) => a - b);
	assert.ok((distances.at(-1) ?? 1) < 0.02, `largest distance ${distances.at(-1)}`);
	assert.ok((distances[7] ?? 1) < 0.002, `median distance ${distances[7]}`);
	const model = await floatModel({ study: WDBC, weights });
	assertClose(
		model.predict(samples),
		samples.map(({ inputs }) => predict(WDBC, weights, inputs)),
		0.005,
	);
	model.dispose();
});

test("softmax, momentum and pooling: fixed-point training ends where float training does", async () => {
	const study = loadDigitsLike();
	const samples = createRandom("order").shuffle(digitsLikeSamples(32, "float"));
	const batches = Array.from({ length: 8 }, (_, index) => samples.slice(4 * index, 4 * index + 4));
	const initial = initialWeights(study, standInDeployment("float"));
	const learningRate = learningRateInteger(study.learningRate);
	const weights = trainRound({ study, weights: initial, batches, beacon: 3, learningRate, epochs: 4 });
	const options = { study, initialWeights: initial, batches, beacon: 3, epochs: 4 };
	const float = await trainFloat({ ...options, learningRate: study.learningRate });
	const fixed = await floatModel({ study, weights });
	const start = await floatModel({ study, weights: initial });
	assertClose([fixed.loss(samples)], [float.loss(samples)], 0.02);
	assert.ok(fixed.loss(samples) < 0.6 * start.loss(samples), "nothing was learned");
	const predicted = samples.flatMap(({ inputs }) => predictClasses(study, weights, inputs));
	assertClose(predicted, fixed.predictClasses(samples).flat(), 0.005);
	for (const model of [float, fixed, start]) model.dispose();
});

test("a disposed model leaves no tensor behind, nor does one that failed", async () => {
	const options = { study: WDBC, initialWeights: randomWeights(WDBC), epochs: 1, learningRate: 0.5 };
	const before = tf.memory().numTensors;
	const batches = randomBatches(WDBC, 2);
	const model = await trainFloat({ ...options, batches });
	model.predict(batches.flat());
	model.dispose();
	await assert.rejects(trainFloat({ ...options, batches, signal: AbortSignal.abort() }));
	await assert.rejects(trainFloat({ ...options, batches: [...batches, ...randomBatches(IMAGE, 1)] }), RangeError);
	assert.equal(tf.memory().numTensors, before);
});

test("bad input is refused", async () => {
	const start = randomWeights(WDBC);
	const options = { study: WDBC, initialWeights: start, batches: randomBatches(WDBC, 1), epochs: 1, learningRate: 0.5 };
	await rejectsWithCode(trainFloat({ ...options, batches: [] }), "DATASET_EMPTY");
	await rejectsWithCode(trainFloat({ ...options, signal: AbortSignal.abort() }), "ABORTED");
	await assert.rejects(trainFloat({ ...options, initialWeights: start.slice(1) }), RangeError);
	await assert.rejects(trainFloat({ ...options, batches: randomBatches(IMAGE, 1) }), RangeError);
});

test("nothing is printed, the process' error handling stays its own, and it ends by itself", async () => {
	const adapter = fileURLToPath(new URL("../../../worker/adapters/tensorflow.ts", import.meta.url));
	const script = `
		import { floatModel } from ${JSON.stringify(adapter)};
		const study = ${JSON.stringify({ input: WDBC.input, layers: WDBC.layers, loss: WDBC.loss })};
		const model = await floatModel({ study, weights: Array(${architectureOf(WDBC).weightCount}).fill(0) });
		const [half] = model.predict([{ inputs: new Uint8Array(30) }]);
		model.dispose();
		process.exitCode = half === 0.5 && process.listenerCount("uncaughtException") === 0 &&
			process.listenerCount("unhandledRejection") === 0 ? 0 : 1;`;
	const { stdout, stderr } = await promisify(execFile)(
		process.execPath,
		["--input-type=module-typescript", "--disable-warning=ExperimentalWarning", "--eval", script],
		{ timeout: 600_000 },
	);
	assert.equal(stdout + stderr, "");
});
