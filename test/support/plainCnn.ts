/** A study's CNN and its training in float64 loops, layer by layer from their definitions: what TensorFlow.js' results are checked against. */
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Layer, Shape } from "../../worker/protocol/network.ts";
import type { Study } from "../../worker/protocol/study.ts";

type PlainStudy = Pick<Study, "input" | "layers" | "loss"> & Partial<Pick<Study, "optimizer">>;

type Grid = { readonly shape: Shape; readonly values: readonly number[] };
/** Index of the inputs and weights whose products are summed, with their factors, for each output: every layer but ReLU is linear. */
type Term = { readonly from: number; readonly weight: number | undefined; readonly factor: number };
type Linear = {
	readonly shape: Shape;
	readonly terms: readonly (readonly Term[])[];
	readonly biases: readonly number[];
};

const place = ({ width, channels }: Shape, row: number, column: number, channel: number): number =>
	(row * width + column) * channels + channel;

/** Each output of a "valid" sliding window. */
const slide = (
	input: Shape,
	[kernelHeight, kernelWidth]: readonly number[],
	[strideHeight, strideWidth]: readonly number[],
	channels: number,
	term: (at: { tap: number; from: number; channel: number; out: number }) => Term | undefined,
): Pick<Linear, "shape" | "terms"> => {
	const [kh = 1, kw = 1, sh = 1, sw = 1] = [kernelHeight, kernelWidth, strideHeight, strideWidth];
	const shape = {
		height: Math.floor((input.height - kh) / sh) + 1,
		width: Math.floor((input.width - kw) / sw) + 1,
		channels,
	};
	const terms = Array.from({ length: shape.height * shape.width * channels }, (_, index) => {
		const out = index % channels;
		const position = Math.floor(index / channels);
		const [row, column] = [Math.floor(position / shape.width), position % shape.width];
		const found: Term[] = [];
		for (let tap = 0; tap < kh * kw * input.channels; tap++) {
			const channel = tap % input.channels;
			const [i, k] = [Math.floor(tap / input.channels / kw), Math.floor(tap / input.channels) % kw];
			const made = term({ tap, from: place(input, row * sh + i, column * sw + k, channel), channel, out });
			if (made !== undefined) found.push(made);
		}
		return found;
	});
	return { shape, terms };
};

const linearOf = (layer: Exclude<Layer, { kind: "relu" }>, input: Shape, weightAt: number): Linear => {
	if (layer.kind === "averagePooling") {
		const factor = 1 / (layer.window[0] * layer.window[1]);
		const made = slide(input, layer.window, layer.window, input.channels, ({ from, channel, out }) =>
			channel === out ? { from, weight: undefined, factor } : undefined,
		);
		return { ...made, biases: [] };
	}
	const [filters, kernel, stride] =
		layer.kind === "dense"
			? [layer.units, [input.height, input.width], [1, 1]]
			: [layer.filters, layer.kernel, layer.stride];
	const made = slide(input, kernel, stride, filters, ({ tap, from, out }) => ({
		from,
		weight: weightAt + tap * filters + out,
		factor: 1,
	}));
	const biasAt = weightAt + (kernel[0] ?? 1) * (kernel[1] ?? 1) * input.channels * filters;
	return { ...made, biases: Array.from({ length: filters }, (_, f) => biasAt + f) };
};

const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

/** Probability of each class, the loss, and its gradient by every weight. */
export const plainGradient = (study: PlainStudy, weights: readonly number[], { inputs, label }: Sample) => {
	const steps: { readonly before: Grid; readonly linear: Linear | undefined }[] = [];
	let grid: Grid = { shape: study.input, values: Array.from(inputs, (byte) => (byte - 128) / 128) };
	let weightAt = 0;
	for (const layer of study.layers) {
		const before = grid;
		if (layer.kind === "relu") {
			grid = { ...grid, values: grid.values.map((value) => Math.max(0, value)) };
			steps.push({ before, linear: undefined });
			continue;
		}
		const linear = linearOf(layer, grid.shape, weightAt);
		const { biases, terms, shape } = linear;
		const values = terms.map((row, index) =>
			row.reduce(
				(sum, { from, weight, factor }) =>
					sum + factor * at(before.values, from) * (weight === undefined ? 1 : at(weights, weight)),
				biases.length === 0 ? 0 : at(weights, at(biases, index % biases.length)),
			),
		);
		grid = { shape, values };
		if (biases.length > 0) weightAt = at(biases, biases.length - 1) + 1;
		steps.push({ before, linear });
	}
	const logits = grid.values;
	const largest = Math.max(...logits);
	const exponentials = logits.map((logit) => Math.exp(logit - largest));
	const total = exponentials.reduce((sum, e) => sum + e, 0);
	const positive = 1 / (1 + Math.exp(-at(logits, 0)));
	const isBinary = study.loss === "binary-cross-entropy";
	const probabilities = isBinary ? [1 - positive, positive] : exponentials.map((e) => e / total);
	let back = isBinary ? [positive - label] : probabilities.map((p, k) => p - (k === label ? 1 : 0));
	const gradient = weights.map(() => 0);
	for (const { before, linear } of steps.toReversed()) {
		if (linear === undefined) {
			back = back.map((value, index) => (at(before.values, index) > 0 ? value : 0));
			continue;
		}
		const next = before.values.map(() => 0);
		for (const [index, row] of linear.terms.entries()) {
			const d = at(back, index);
			if (linear.biases.length > 0) {
				const bias = at(linear.biases, index % linear.biases.length);
				gradient[bias] = at(gradient, bias) + d;
			}
			for (const { from, weight, factor } of row) {
				next[from] = at(next, from) + d * factor * (weight === undefined ? 1 : at(weights, weight));
				if (weight !== undefined) gradient[weight] = at(gradient, weight) + d * at(before.values, from);
			}
		}
		back = next;
	}
	return { probabilities, probability: at(probabilities, 1), loss: -Math.log(at(probabilities, label)), gradient };
};

export const plainTrain = (
	study: PlainStudy,
	initial: readonly number[],
	batches: readonly (readonly Sample[])[],
	learningRate: number,
): readonly number[] => {
	const keep = study.optimizer?.kind === "momentum" ? study.optimizer.momentum : 0;
	let velocity = initial.map(() => 0);
	return batches.reduce<readonly number[]>((weights, batch) => {
		const gradients = batch.map((sample) => plainGradient(study, weights, sample).gradient);
		velocity = velocity.map(
			(v, index) =>
				keep * v + (learningRate * gradients.reduce((sum, gradient) => sum + at(gradient, index), 0)) / batch.length,
		);
		return weights.map((weight, index) => weight - at(velocity, index));
	}, initial);
};
