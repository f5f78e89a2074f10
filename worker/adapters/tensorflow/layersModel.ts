/** The study's CNN as a TensorFlow.js LayersModel, and weights between the protocol's integers and its tensors. */
import * as tf from "@tensorflow/tfjs";
import { fixedPoint } from "../../protocol/profiles.ts";
import { architectureOf, type Study } from "../../protocol/study.ts";

const WEIGHT_SCALE = 2 ** fixedPoint.weightScaleBits;

type Architecture = Pick<Study, "input" | "convolution">;

/** Convolution ("valid"), ReLU, flatten, one dense unit, sigmoid. Input: (x - 128) / 128, shape [batch, height, width, channels]. */
export const buildLayersModel = ({ input, convolution }: Architecture): tf.Sequential =>
	tf.sequential({
		layers: [
			tf.layers.conv2d({
				inputShape: [input.height, input.width, input.channels],
				filters: convolution.filters,
				kernelSize: [convolution.kernelHeight, convolution.kernelWidth],
				strides: [convolution.strideHeight, convolution.strideWidth],
				padding: "valid",
				activation: "relu",
				kernelInitializer: "zeros",
			}),
			tf.layers.flatten(),
			tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: "zeros" }),
		],
	});

/**
 * Sets all weights from one list in the protocol's order (docs/PROTOCOL.md section 1).
 * @param weights signed integers, scale 2^16
 * @throws RangeError when there are not exactly the architecture's weights
 */
export const setIntegerWeights = (model: tf.LayersModel, study: Architecture, weights: readonly number[]): void => {
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
export const inputTensor = ({ input }: Architecture, inputs: readonly Uint8Array[]): tf.Tensor4D => {
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
