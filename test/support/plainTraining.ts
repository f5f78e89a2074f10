/** A second implementation of docs/PROTOCOL.md section 6, for tests: bigint throughout, written from the text and not from the trainer. */
import type { TrainedStudy } from "../../worker/core/training/architecture.ts";
import type { TrainingState } from "../../worker/core/training/trainStep.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { type Block, networkOf, type Shape } from "../../worker/protocol/network.ts";
import { fixedPoint } from "../../worker/protocol/profiles.ts";

const round = (x: bigint, n: bigint): bigint => (x + (1n << (n - 1n))) >> n;
const ONE = 1n << 40n;
const log2 = (x: number): bigint => BigInt(Math.log2(x));

/** Values [height][width][channels]. */
type Grid = { readonly shape: Shape; readonly values: readonly bigint[] };

const at = ({ shape, values }: Grid, row: number, column: number, channel: number): bigint =>
	values[(row * shape.width + column) * shape.channels + channel] as bigint;

const gridOf = (shape: Shape, value: (row: number, column: number, channel: number) => bigint): Grid => ({
	shape,
	values: Array.from({ length: shape.height * shape.width * shape.channels }, (_, index) => {
		const place = Math.floor(index / shape.channels);
		return value(Math.floor(place / shape.width), place % shape.width, index % shape.channels);
	}),
});

/** Index, in all weights, of tap (i, k, c) of filter f. */
const kernelIndex = (block: Block, i: number, k: number, c: number, f: number): number =>
	block.kernelAt + ((i * block.kernelWidth + k) * block.input.channels + c) * block.filters + f;

const eachTap = (block: Block, visit: (i: number, k: number, c: number) => void): void => {
	for (let i = 0; i < block.kernelHeight; i++) {
		for (let k = 0; k < block.kernelWidth; k++) {
			for (let c = 0; c < block.input.channels; c++) visit(i, k, c);
		}
	}
};

const pool = (grid: Grid, [height, width]: readonly [number, number]): Grid => {
	const { shape } = grid;
	const smaller = { ...shape, height: Math.floor(shape.height / height), width: Math.floor(shape.width / width) };
	return gridOf(smaller, (row, column, channel) => {
		let sum = 0n;
		for (let i = 0; i < height; i++) {
			for (let k = 0; k < width; k++) sum += at(grid, row * height + i, column * width + k, channel);
		}
		return sum;
	});
};

/** The gradient of {@link pool}: copied to the window's cells, 0 where no window is. */
const unpool = (gradient: Grid, [height, width]: readonly [number, number], shape: Shape): Grid =>
	gridOf(shape, (row, column, channel) => {
		const [i, k] = [Math.floor(row / height), Math.floor(column / width)];
		return i < gradient.shape.height && k < gradient.shape.width ? at(gradient, i, k, channel) : 0n;
	});

type PlainBlock = { readonly block: Block; readonly x: Grid; readonly z: Grid; readonly output: Grid };

/** Every value of one sample's forward pass that the protocol names. */
export const plainForward = (
	study: Pick<TrainedStudy, "input" | "layers">,
	weights: readonly number[],
	inputs: Uint8Array,
) => {
	const v = weights.map((weight) => round(BigInt(weight), 8n));
	const passed: PlainBlock[] = [];
	let x = gridOf(study.input, () => 0n);
	x = { ...x, values: Array.from(inputs, (byte) => BigInt(byte) - 128n) };
	for (const block of networkOf(study).blocks) {
		const seen = x;
		const convolved = gridOf(block.convolved, (row, column, f) => {
			let sum = (v[block.biasAt + f] as bigint) << BigInt(block.inputScaleBits);
			eachTap(block, (i, k, c) => {
				const value = at(seen, row * block.strideHeight + i, column * block.strideWidth + k, c);
				sum += value * (v[kernelIndex(block, i, k, c, f)] as bigint);
			});
			return sum;
		});
		const z = pool(convolved, block.poolBefore);
		const drop = BigInt(block.preActivationScaleBits - 8);
		const a = block.relu ? z.values.map((value) => (value >= 0n ? value >> drop : 0n)) : z.values;
		const output = pool({ ...z, values: a }, block.poolAfter);
		passed.push({ block, x, z, output });
		x = output;
	}
	const inRange = passed.every(({ block, z }) => {
		const limit = 1n << BigInt(4 + block.preActivationScaleBits);
		return !block.relu || z.values.every((value) => value >= -limit && value < limit);
	});
	return { passed, v, inRange, logits: x.values, logitBits: BigInt(passed.at(-1)?.block.preActivationScaleBits ?? 0) };
};

/** A cubic of a table at u (scale 2^9), or `beyond`. */
const cubic = (table: readonly (readonly number[])[], u: bigint, beyond: bigint): bigint => {
	const row = table[Number(u >> 9n)]?.map(BigInt);
	return row === undefined ? beyond : row.reduceRight((sum, coefficient) => sum * (u % 512n) + coefficient, 0n);
};

/** A magnitude of 2^bits at scale 2^9: nearest, halves towards 0. */
const toTable = (magnitude: bigint, bits: bigint): bigint => (magnitude + (1n << (bits - 10n)) - 1n) >> (bits - 9n);

/** Probability at scale 2^40. */
export const plainSigmoid = (l: bigint, bits = 16n): bigint => {
	const q = cubic(fixedPoint.sigmoidCoefficients, toTable(l < 0n ? -l : l, bits), ONE);
	return l >= 0n ? q : ONE - q;
};

/** Exponentials at scale 2^40 of the distances to the largest logit. */
export const plainExponentials = (logits: readonly bigint[], bits: bigint): readonly bigint[] => {
	const largest = logits.reduce((most, l) => (l > most ? l : most));
	return logits.map((l) => cubic(fixedPoint.exponentialCoefficients, toTable(largest - l, bits), 0n));
};

/** round(eta * (p - y * 2^40), 34). */
export const plainLossGradient = (l: bigint, label: number, eta: bigint, bits = 16n): bigint =>
	round(eta * (plainSigmoid(l, bits) - BigInt(label) * ONE), 34n);

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

export const plainSoftmaxGradients = (
	logits: readonly bigint[],
	label: number,
	eta: bigint,
	bits: bigint,
): readonly bigint[] => {
	const e = plainExponentials(logits, bits);
	const sum = e.reduce((total, value) => total + value, 0n);
	return e.map((value, k) => floorDivide(128n * eta * (value - (k === label ? sum : 0n)) + sum, 2n * sum));
};

/** Adds one sample's gradients to `G`, from those by its logits. */
export const plainBackward = (
	{ passed, v }: Pick<ReturnType<typeof plainForward>, "passed" | "v">,
	loss: readonly bigint[],
	G: bigint[],
): void => {
	const add = (index: number, value: bigint): void => {
		G[index] = (G[index] as bigint) + value;
	};
	let dOutput = loss;
	for (const { block, x, z, output } of passed.toReversed()) {
		const dActivated = unpool({ shape: output.shape, values: dOutput }, block.poolAfter, z.shape);
		const values = dActivated.values.map((value, index) =>
			block.relu && (z.values[index] as bigint) < 0n ? 0n : value,
		);
		const dz = unpool({ shape: z.shape, values }, block.poolBefore, block.convolved);
		const dx = x.values.map(() => 0n);
		for (let row = 0; row < block.convolved.height; row++) {
			for (let column = 0; column < block.convolved.width; column++) {
				for (let f = 0; f < block.filters; f++) {
					const d = at(dz, row, column, f);
					add(block.biasAt + f, d << BigInt(block.inputScaleBits));
					eachTap(block, (i, k, c) => {
						const [inRow, inColumn] = [row * block.strideHeight + i, column * block.strideWidth + k];
						const from = (inRow * x.shape.width + inColumn) * x.shape.channels + c;
						add(kernelIndex(block, i, k, c, f), d * (x.values[from] as bigint));
						dx[from] = (dx[from] as bigint) + d * (v[kernelIndex(block, i, k, c, f)] as bigint);
					});
				}
			}
		}
		dOutput = dx;
	}
};

/** The state after one step; null when a value leaves its range. */
export const plainStep = (
	study: TrainedStudy,
	{ weights, velocity }: TrainingState,
	batch: readonly Sample[],
	eta: number,
): TrainingState | null => {
	const G = weights.map(() => 0n);
	for (const { inputs, label } of batch) {
		const forward = plainForward(study, weights, inputs);
		if (!forward.inRange) return null;
		const { logits, logitBits } = forward;
		const loss =
			study.loss === "binary-cross-entropy"
				? [plainLossGradient(logits[0] as bigint, label, BigInt(eta), logitBits)]
				: plainSoftmaxGradients(logits, label, BigInt(eta), logitBits);
		plainBackward(forward, loss, G);
	}
	const { optimizer } = study;
	const mu = optimizer.kind === "momentum" ? BigInt(Math.round(optimizer.momentum * 256)) : 0n;
	const next: bigint[] = [];
	const nextVelocity: bigint[] = [];
	for (const block of networkOf(study).blocks) {
		const mean = BigInt(block.gradientScaleBits + block.inputScaleBits) + log2(batch.length);
		const T = mean > 28n ? mean : 28n;
		for (let index = block.kernelAt; index < block.biasAt + block.filters; index++) {
			const w = BigInt(weights[index] as number);
			const g = G[index] as bigint;
			if (velocity === undefined) {
				next.push(w + round(-g, mean - 16n));
				continue;
			}
			const v = round(mu * BigInt(velocity[index] as number) * (1n << (T - 28n)) + g * (1n << (T - mean)), T - 20n);
			nextVelocity.push(v);
			next.push(w + round(-v, 4n));
		}
	}
	if (!next.every((w) => w >= -(1n << 19n) && w < 1n << 19n)) return null;
	if (!nextVelocity.every((v) => v >= -(1n << 23n) && v < 1n << 23n)) return null;
	return {
		weights: next.map(Number),
		...(velocity === undefined ? {} : { velocity: nextVelocity.map(Number) }),
	};
};
