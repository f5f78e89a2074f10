/**
 * Float training and inference in TensorFlow.js: the baselines (one hospital alone, all data in one place) that the proven
 * fixed-point training is compared with, and an independent implementation to compare its predictions with.
 */
import * as tf from "@tensorflow/tfjs";
import { DecentraHealthError } from "../protocol/errors.ts";
import type { Sample } from "../protocol/merkle.ts";
import type { Study } from "../protocol/study.ts";
import { type BackendName, readyBackend } from "./tensorflow/backend.ts";
import { buildLayersModel, floatWeights, inputTensor, setIntegerWeights } from "./tensorflow/layersModel.ts";

/** A model in the memory of a TensorFlow.js backend. */
export type FloatModel = {
	readonly backend: BackendName;
	/** Floats in the protocol's order. */
	readonly weights: readonly number[];
	/** Probability of label 1 for each sample, in [0, 1]. */
	readonly predict: (samples: readonly Pick<Sample, "inputs">[]) => readonly number[];
	/** Frees the backend's memory; the model cannot be used afterwards. */
	readonly dispose: () => void;
};

type Architecture = Pick<Study, "input" | "convolution">;

/** Bounds the memory of one prediction. */
const PREDICTION_BATCH = 1024;

const handleOf = (model: tf.Sequential, study: Architecture, backend: BackendName): FloatModel => ({
	backend,
	weights: floatWeights(model),
	predict: (samples) => {
		const probabilities: number[] = [];
		for (let start = 0; start < samples.length; start += PREDICTION_BATCH) {
			const inputs = samples.slice(start, start + PREDICTION_BATCH).map((sample) => sample.inputs);
			probabilities.push(...tf.tidy(() => (model.predict(inputTensor(study, inputs)) as tf.Tensor).dataSync()));
		}
		return probabilities;
	},
	dispose: () => {
		model.dispose();
	},
});

/** Runs `use` on a new model with these weights; disposes the model if that fails. */
const withModel = async (
	study: Architecture,
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
	readonly study: Architecture;
	readonly weights: readonly number[];
}): Promise<FloatModel> => withModel(study, weights, async () => undefined);

export type TrainFloatOptions = {
	readonly study: Architecture;
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
 * Plain SGD on the mean binary cross-entropy of each batch, in float32.
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
		const optimizer = tf.train.sgd(learningRate);
		const tensors: { readonly inputs: tf.Tensor4D; readonly labels: tf.Tensor2D }[] = [];
		try {
			model.compile({ optimizer, loss: "binaryCrossentropy" });
			for (const samples of batches) {
				const inputs = inputTensor(
					study,
					samples.map((sample) => sample.inputs),
				);
				const labels = tf.tensor2d(
					samples.map(({ label }) => label),
					[samples.length, 1],
				);
				tensors.push({ inputs, labels });
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
