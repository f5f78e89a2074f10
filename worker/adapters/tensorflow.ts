/**
 * Float training and inference in TensorFlow.js: the baselines (one hospital alone, all data in one place) that the proven
 * fixed-point training is compared with, and an independent implementation to compare its predictions with.
 */
import * as tf from "@tensorflow/tfjs";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { Sample } from "../protocol/merkle.ts";
import { architectureOf, type Study } from "../protocol/study.ts";
import { type BackendName, readyBackend } from "./tensorflow/backend.ts";
import {
	buildLayersModel,
	floatWeights,
	inputTensor,
	type ModelStudy,
	setIntegerWeights,
} from "./tensorflow/layersModel.ts";

/** A model in the memory of a TensorFlow.js backend. */
export type FloatModel = {
	readonly backend: BackendName;
	/** Floats in the protocol's order. */
	readonly weights: readonly number[];
	/** Probability of label 1 for each sample, in [0, 1]: for studies of two classes. */
	readonly predict: (samples: readonly Pick<Sample, "inputs">[]) => readonly number[];
	/** One probability per class for each sample. */
	readonly predictClasses: (samples: readonly Pick<Sample, "inputs">[]) => readonly (readonly number[])[];
	/** Mean loss over samples. */
	readonly loss: (samples: readonly Sample[]) => number;
	/** Frees the backend's memory; the model cannot be used afterwards. */
	readonly dispose: () => void;
};

/** Bounds the memory of one prediction. */
const PREDICTION_BATCH = 1024;
/** Keeps the loss of a certain and wrong prediction finite, as TensorFlow.js does. */
const LEAST_PROBABILITY = 1e-7;

/** The model's outputs [samples][units]. */
const outputsOf = (
	model: tf.Sequential,
	study: ModelStudy,
	samples: readonly Pick<Sample, "inputs">[],
): readonly (readonly number[])[] => {
	const outputs: number[][] = [];
	for (let start = 0; start < samples.length; start += PREDICTION_BATCH) {
		const inputs = samples.slice(start, start + PREDICTION_BATCH).map((sample) => sample.inputs);
		const part = tf.tidy(() => (model.predict(inputTensor(study, inputs)) as tf.Tensor2D).arraySync());
		for (const row of part) outputs.push(row);
	}
	return outputs;
};

const handleOf = (model: tf.Sequential, study: ModelStudy, backend: BackendName): FloatModel => {
	const predictClasses: FloatModel["predictClasses"] = (samples) =>
		outputsOf(model, study, samples).map((row) =>
			study.loss === "binary-cross-entropy" ? [1 - (row[0] as number), row[0] as number] : row,
		);
	return {
		backend,
		weights: floatWeights(model),
		predictClasses,
		predict: (samples) =>
			predictClasses(samples).map(([, positive, ...more]) => {
				if (positive === undefined || more.length > 0) throw new RangeError("the study has more than two classes");
				return positive;
			}),
		loss: (samples) =>
			predictClasses(samples).reduce(
				(sum, row, index) => sum - Math.log(Math.max(row[samples[index]?.label ?? -1] ?? 0, LEAST_PROBABILITY)),
				0,
			) / samples.length,
		dispose: () => {
			model.dispose();
		},
	};
};

/** Runs `use` on a new model with these weights; disposes the model if that fails. */
const withModel = async (
	study: ModelStudy,
	weights: readonly number[],
	use: (model: tf.Sequential) => Promise<void>,
): Promise<FloatModel> => {
	const backend = await readyBackend();
	const model = buildLayersModel(study);
	try {
		setIntegerWeights(model, study, weights);
		await use(model);
		return handleOf(model, study, backend);
	} catch (error) {
		model.dispose();
		throw error;
	}
};

/**
 * The float model of integer weights, for inference.
 * @param options.weights signed integers, scale 2^16, in the protocol's order
 * @throws RangeError when their number is not the study's
 */
export const floatModel = ({
	study,
	weights,
}: {
	readonly study: ModelStudy;
	readonly weights: readonly number[];
}): Promise<FloatModel> => withModel(study, weights, async () => undefined);

/** One 0 or 1 per sample, or one row with a single 1 per sample. */
const labelTensor = (study: ModelStudy, samples: readonly Sample[]): tf.Tensor2D => {
	const labels = samples.map(({ label }) => label);
	const units = architectureOf(study).outputs;
	if (study.loss === "binary-cross-entropy") return tf.tensor2d(labels, [labels.length, 1]);
	return tf.tensor2d(
		labels.map((label) => Array.from({ length: units }, (_, k) => (k === label ? 1 : 0))),
		[labels.length, units],
	);
};

export type TrainFloatOptions = {
	readonly study: ModelStudy & Partial<Pick<Study, "optimizer">>;
	/** Signed integers, scale 2^16: the same start as the fixed-point training. */
	readonly initialWeights: readonly number[];
	readonly batches: readonly (readonly Sample[])[];
	readonly epochs: number;
	readonly learningRate: number;
	/** Step k trains on batch (beacon + k) mod batchCount, as in docs/PROTOCOL.md section 2; by default in the given order. */
	readonly beacon?: number;
	readonly signal?: AbortSignal | undefined;
};

/**
 * The study's optimizer (without one: plain SGD) on the mean cross-entropy of each batch, in float32. A momentum's velocities start at 0; they
 * go on through all epochs of this call.
 * @throws DecentraHealthError DATASET_EMPTY (no batches), ABORTED
 * @throws RangeError when weights or inputs do not fit the study
 */
export const trainFloat = async (options: TrainFloatOptions): Promise<FloatModel> => {
	const { study, initialWeights, batches, epochs, learningRate, beacon = 0, signal } = options;
	if (batches.length === 0) {
		throw new DecentraHealthError("DATASET_EMPTY", {
			message: "there is no batch to train on",
			nextStep: "Provide at least one whole batch of labelled samples.",
		});
	}
	return withModel(study, initialWeights, async (model) => {
		const optimizer =
			study.optimizer?.kind === "momentum"
				? tf.train.momentum(learningRate, study.optimizer.momentum)
				: tf.train.sgd(learningRate);
		const tensors: { readonly inputs: tf.Tensor4D; readonly labels: tf.Tensor2D }[] = [];
		try {
			model.compile({
				optimizer,
				loss: study.loss === "softmax-cross-entropy" ? "categoricalCrossentropy" : "binaryCrossentropy",
			});
			for (const samples of batches) {
				const inputs = inputTensor(
					study,
					samples.map((sample) => sample.inputs),
				);
				tensors.push({ inputs, labels: labelTensor(study, samples) });
			}
			for (let step = 0; step < epochs * batches.length; step++) {
				if (signal?.aborted === true) {
					throw new DecentraHealthError("ABORTED", {
						message: `float training was cancelled at step ${step}`,
						nextStep: "Run the command again.",
					});
				}
				const batch = tensors[(beacon + step) % batches.length];
				if (batch !== undefined) await model.trainOnBatch(batch.inputs, batch.labels);
			}
		} finally {
			optimizer.dispose();
			tf.dispose(tensors.flatMap(({ inputs, labels }) => [inputs, labels]));
		}
	});
};
