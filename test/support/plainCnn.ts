/** The study's CNN and plain SGD in float64 loops, written from its definition: what TensorFlow.js' results are checked against. */
import type { Sample } from "../../worker/protocol/merkle.ts";
import { architectureOf, type Study } from "../../worker/protocol/study.ts";

type Architecture = Pick<Study, "input" | "convolution">;

/** Index into the inputs for one tap of one output position. */
const inputIndex = ({ input, convolution }: Architecture, position: number, tap: number): number => {
	const { outWidth } = architectureOf({ input, convolution });
	const channel = tap % input.channels;
	const kernelColumn = Math.floor(tap / input.channels) % convolution.kernelWidth;
	const kernelRow = Math.floor(tap / (input.channels * convolution.kernelWidth));
	const row = Math.floor(position / outWidth) * convolution.strideHeight + kernelRow;
	const column = (position % outWidth) * convolution.strideWidth + kernelColumn;
	return (row * input.width + column) * input.channels + channel;
};

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

/** Probability and the gradient of the sample's cross-entropy for every weight. */
export const plainGradient = (study: Architecture, weights: readonly number[], { inputs, label }: Sample) => {
	const { taps, kernelCount, activations } = architectureOf(study);
	const { filters } = study.convolution;
	const dense = kernelCount + filters;
	const x = (position: number, tap: number): number => (at(inputs, inputIndex(study, position, tap)) - 128) / 128;
	const hidden = Array.from({ length: activations }, (_, index) => {
		const [position, filter] = [Math.floor(index / filters), index % filters];
		let sum = at(weights, kernelCount + filter);
		for (let tap = 0; tap < taps; tap++) sum += x(position, tap) * at(weights, tap * filters + filter);
		return Math.max(0, sum);
	});
	const logit = hidden.reduce(
		(sum, value, index) => sum + value * at(weights, dense + index),
		at(weights, dense + activations),
	);
	const probability = 1 / (1 + Math.exp(-logit));
	const error = probability - label;
	const gradient = weights.map(() => 0);
	gradient[dense + activations] = error;
	hidden.forEach((value, index) => {
		gradient[dense + index] = error * value;
		if (value === 0) return;
		const [position, filter] = [Math.floor(index / filters), index % filters];
		const back = error * at(weights, dense + index);
		gradient[kernelCount + filter] = at(gradient, kernelCount + filter) + back;
		for (let tap = 0; tap < taps; tap++) {
			gradient[tap * filters + filter] = at(gradient, tap * filters + filter) + back * x(position, tap);
		}
	});
	return { probability, gradient };
};

export const plainTrain = (
	study: Architecture,
	initial: readonly number[],
	batches: readonly (readonly Sample[])[],
	learningRate: number,
): readonly number[] =>
	batches.reduce<readonly number[]>((weights, batch) => {
		const gradients = batch.map((sample) => plainGradient(study, weights, sample).gradient);
		return weights.map(
			(weight, index) =>
				weight - (learningRate * gradients.reduce((sum, gradient) => sum + at(gradient, index), 0)) / batch.length,
		);
	}, initial);
