/**
 * A study's network as training sees it: a list of blocks, each a convolution, then average pooling, ReLU and average pooling again, where
 * each of these three may be absent. A dense layer of U units is a convolution whose kernel covers its whole input, with U filters:
 * the weights have the same order in both. The last block is a dense layer without ReLU; its outputs are the logits.
 * Shapes, scales and bounds of docs/PROTOCOL.md section 6 follow from it, for the trainer, the circuits and the estimate alike.
 */
import { fixedPoint } from "./profiles.ts";

export type Layer =
	| {
			readonly kind: "conv2d";
			readonly filters: number;
			/** [height, width] */
			readonly kernel: readonly [number, number];
			readonly stride: readonly [number, number];
	  }
	| { readonly kind: "relu" }
	| { readonly kind: "averagePooling"; readonly window: readonly [number, number] }
	| { readonly kind: "dense"; readonly units: number };

export type Shape = { readonly height: number; readonly width: number; readonly channels: number };

export type Block = {
	readonly kind: "conv2d" | "dense";
	/** Of the block's input. */
	readonly input: Shape;
	readonly kernelHeight: number;
	readonly kernelWidth: number;
	readonly strideHeight: number;
	readonly strideWidth: number;
	readonly filters: number;
	/** Inputs that one output of the convolution sees: kernel height x width x channels. */
	readonly taps: number;
	/** Of the convolution's output, "valid". */
	readonly convolved: Shape;
	/** Average pooling [height, width] of the pre-activations, [1, 1] for none; rows and columns that fill no window are dropped. */
	readonly poolBefore: readonly [number, number];
	/** Of the pre-activations that the ReLU, or the loss, sees. */
	readonly activated: Shape;
	readonly relu: boolean;
	/** Average pooling of the activations. */
	readonly poolAfter: readonly [number, number];
	/** Of the block's output. */
	readonly output: Shape;
	/** Index of the block's first kernel weight [kernelHeight][kernelWidth][channels][filters] and first bias [filters] in all weights. */
	readonly kernelAt: number;
	readonly kernelCount: number;
	readonly biasAt: number;
	/** Scales in bits: of the input, of the pooled pre-activations, of the output. */
	readonly inputScaleBits: number;
	readonly preActivationScaleBits: number;
	readonly outputScaleBits: number;
	/** Bits of the largest input's magnitude: inputs are within [-2^bits, 2^bits]. */
	readonly inputBits: number;
	/** Scale, in bits, of the gradients by the convolution's outputs. */
	readonly gradientScaleBits: number;
};

export type Network = {
	readonly blocks: readonly Block[];
	readonly inputCount: number;
	/** All trainable weights. */
	readonly weightCount: number;
	/** Logits: 1 for binary cross-entropy, the number of classes for softmax cross-entropy. */
	readonly outputs: number;
};

/** What is wrong with a list of layers, and where. */
export class NetworkError extends Error {
	override readonly name = "NetworkError";
	/** Index of the layer; undefined: the list. */
	readonly layer: number | undefined;
	constructor(message: string, layer?: number) {
		super(message);
		this.layer = layer;
	}
}

const { inputScaleBits, inputBits, computeScaleBits, activationScaleBits, activationIntegerBits, gradientScaleBits } =
	fixedPoint;

const sizeOf = ({ height, width, channels }: Shape): number => height * width * channels;
const shapeText = ({ height, width, channels }: Shape): string => `${height} x ${width} x ${channels}`;

/** log2 of a pooling window's area. */
export const poolBits = ([height, width]: readonly [number, number]): number => Math.log2(height * width);

const pooled = (shape: Shape, [height, width]: readonly [number, number]): Shape => ({
	...shape,
	height: Math.floor(shape.height / height),
	width: Math.floor(shape.width / width),
});

type Draft = Omit<Block, "gradientScaleBits">;

const linear = (
	layer: Extract<Layer, { kind: "conv2d" | "dense" }>,
	index: number,
	previous: Draft | undefined,
	input: Shape,
): Draft => {
	const [kernelHeight, kernelWidth] = layer.kind === "dense" ? [input.height, input.width] : layer.kernel;
	const [strideHeight, strideWidth] = layer.kind === "dense" ? [1, 1] : layer.stride;
	const filters = layer.kind === "dense" ? layer.units : layer.filters;
	if (kernelHeight > input.height || kernelWidth > input.width) {
		throw new NetworkError(
			`a kernel of ${kernelHeight} x ${kernelWidth} does not fit its input of ${shapeText(input)}`,
			index,
		);
	}
	const convolved = {
		height: Math.floor((input.height - kernelHeight) / strideHeight) + 1,
		width: Math.floor((input.width - kernelWidth) / strideWidth) + 1,
		channels: filters,
	};
	const taps = kernelHeight * kernelWidth * input.channels;
	const kernelAt = previous === undefined ? 0 : previous.biasAt + previous.filters;
	const scale = previous?.outputScaleBits ?? inputScaleBits;
	return {
		kind: layer.kind,
		...{ input, kernelHeight, kernelWidth, strideHeight, strideWidth, filters, taps, convolved },
		...{ poolBefore: [1, 1], activated: convolved, relu: false, poolAfter: [1, 1], output: convolved },
		...{ kernelAt, kernelCount: taps * filters, biasAt: kernelAt + taps * filters },
		inputScaleBits: scale,
		preActivationScaleBits: scale + computeScaleBits,
		outputScaleBits: scale + computeScaleBits,
		inputBits: previous === undefined ? inputBits - 1 : activationIntegerBits + scale,
	};
};

const withPooling = (block: Draft, window: readonly [number, number], index: number): Draft => {
	if (block.kind === "dense") throw new NetworkError("a dense layer's outputs have no neighbours to average", index);
	const output = pooled(block.output, window);
	if (output.height < 1 || output.width < 1) {
		throw new NetworkError(
			`a window of ${window.join(" x ")} does not fit its input of ${shapeText(block.output)}`,
			index,
		);
	}
	const merge = ([height, width]: readonly [number, number]) => [height * window[0], width * window[1]] as const;
	const bits = poolBits(window);
	return block.relu
		? { ...block, output, poolAfter: merge(block.poolAfter), outputScaleBits: block.outputScaleBits + bits }
		: {
				...block,
				...{ output, activated: output, poolBefore: merge(block.poolBefore) },
				...{
					preActivationScaleBits: block.preActivationScaleBits + bits,
					outputScaleBits: block.outputScaleBits + bits,
				},
			};
};

const draftBlocks = (input: Shape, layers: readonly Layer[]): readonly Draft[] => {
	const blocks: Draft[] = [];
	let last: Draft | undefined;
	for (const [index, layer] of layers.entries()) {
		if (layer.kind === "conv2d" || layer.kind === "dense") {
			if (last !== undefined && !last.relu) {
				throw new NetworkError(
					"two layers with weights need a relu between them: without it they are one layer",
					index,
				);
			}
			if (layer.kind === "conv2d" && last?.kind === "dense") {
				throw new NetworkError("a convolution can't follow a dense layer", index);
			}
			last = linear(layer, index, last, last?.output ?? input);
			blocks.push(last);
			continue;
		}
		if (last === undefined)
			throw new NetworkError(`${layer.kind} can't come before the first layer with weights`, index);
		if (layer.kind === "relu" && last.relu) throw new NetworkError("a second relu changes nothing", index);
		last =
			layer.kind === "relu"
				? { ...last, relu: true, outputScaleBits: activationScaleBits }
				: withPooling(last, layer.window, index);
		blocks[blocks.length - 1] = last;
	}
	return blocks;
};

/**
 * The blocks of a list of layers.
 * @throws NetworkError when the layers do not fit together
 */
export const planNetwork = (input: Shape, layers: readonly Layer[]): Network => {
	const drafts = draftBlocks(input, layers);
	const end = drafts.at(-1);
	if (end === undefined || end.kind !== "dense" || end.relu) {
		throw new NetworkError(
			"the last layer has to be dense, without a relu after it",
			layers.length === 0 ? undefined : layers.length - 1,
		);
	}
	// Backwards: a gradient gains the weights' scale in each linear layer, and that of the window's area in each pooling.
	const blocks: Block[] = [];
	let scale = gradientScaleBits;
	for (const draft of drafts.toReversed()) {
		const after = scale + poolBits(draft.poolAfter) + poolBits(draft.poolBefore);
		blocks.unshift({ ...draft, gradientScaleBits: after });
		scale = after + computeScaleBits;
	}
	return { blocks, inputCount: sizeOf(input), weightCount: end.biasAt + end.filters, outputs: end.filters };
};

const known = new WeakMap<object, Network>();

/** {@link planNetwork} of a study, remembered for the same list of layers. */
export const networkOf = ({ input, layers }: { readonly input: Shape; readonly layers: readonly Layer[] }): Network => {
	const found = known.get(layers);
	if (found !== undefined && found.blocks[0]?.input === input) return found;
	const made = planNetwork(input, layers);
	known.set(layers, made);
	return made;
};
