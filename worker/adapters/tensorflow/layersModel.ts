/** The study's CNN as a TensorFlow.js LayersModel, and weights between the protocol's integers and its tensors. */
import * as tf from "@tensorflow/tfjs";
import type { Layer } from "../../protocol/network.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import { architectureOf, type Study } from "../../protocol/study.ts";

const WEIGHT_SCALE = 2 ** fixedPoint.weightScaleBits;

/** The part of a study that its float model depends on. */
export type ModelStudy = Pick<Study, "input" | "layers" | "loss">;
type Sizes = Pick<Study, "input" | "layers">;

/** A dense layer flattens what comes before it; a second one finds it flat already. */
const layersOf = (layer: Layer, activation: "softmax" | "sigmoid" | "linear", isFlat: boolean): tf.layers.Layer[] => {
	switch (layer.kind) {
		case "conv2d":
			return [
				tf.layers.conv2d({
					filters: layer.filters,
					kernelSize: [...layer.kernel],
					strides: [...layer.stride],
					padding: "valid",
					kernelInitializer: "zeros",
				}),
			];
		case "relu":
			return [tf.layers.reLU()];
		case "averagePooling":
			return [
				tf.layers.averagePooling2d({ poolSize: [...layer.window], strides: [...layer.window], padding: "valid" }),
			];
		case "dense":
			return [
				...(isFlat ? [] : [tf.layers.flatten()]),
				tf.layers.dense({ units: layer.units, activation, kernelInitializer: "zeros" }),
			];
	}
};

/**
 * The study's layers, then sigmoid (one output) or softmax (one output per class). Input: (x - 128) / 128, shape [batch, height, width, channels].
 */
export const buildLayersModel = ({ input, layers, loss }: ModelStudy): tf.Sequential => {
	const top = loss === "softmax-cross-entropy" ? "softmax" : "sigmoid";
	const model = tf.sequential();
	model.add(tf.layers.inputLayer({ inputShape: [input.height, input.width, input.channels] }));
	for (const [index, layer] of layers.entries()) {
		const isFlat = layers.slice(0, index).some(({ kind }) => kind === "dense");
		for (const made of layersOf(layer, index === layers.length - 1 ? top : "linear", isFlat)) model.add(made);
	}
	return model;
};

/**
 * Sets all weights from one list in the protocol's order (docs/PROTOCOL.md section 1).
 * @param weights signed integers, scale 2^16
 * @throws RangeError when there are not exactly the architecture's weights
 */
export const setIntegerWeights = (model: tf.LayersModel, study: Sizes, weights: readonly number[]): void => {
	const { weightCount } = architectureOf(study);
	if (weights.length !== weightCount)
		throw new RangeError(`the model has ${weightCount} weights, not ${weights.length}`);
	tf.tidy(() => {
		let start = 0;
		model.setWeights(
			model.getWeights().map(({ shape, size }) => {
				start += size;
				const values = weights.slice(start - size, start).map((weight) => weight / WEIGHT_SCALE);
				return tf.tensor(values, shape, "float32");
			}),
		);
	});
};

/** All weights as floats, in the protocol's order. */
export const floatWeights = (model: tf.LayersModel): readonly number[] =>
	model.getWeights().flatMap((weights) => [...weights.dataSync()]);

/** Inputs of samples (u8) as the model's input tensor. */
export const inputTensor = ({ input }: Pick<Study, "input">, inputs: readonly Uint8Array[]): tf.Tensor4D => {
	const { height, width, channels } = input;
	const size = height * width * channels;
	const values = new Float32Array(inputs.length * size);
	inputs.forEach((sample, index) => {
		if (sample.length !== size) throw new RangeError(`a sample has ${size} inputs, not ${sample.length}`);
		values.set(
			Float32Array.from(sample, (value) => (value - fixedPoint.inputOffset) / 2 ** fixedPoint.inputScaleBits),
			index * size,
		);
	});
	return tf.tensor4d(values, [inputs.length, height, width, channels]);
};
