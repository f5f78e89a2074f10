/** A second implementation of docs/PROTOCOL.md section 6, for tests: bigint throughout, written from the text and not from the trainer. */
import type { TrainedStudy } from "../../worker/core/training/architecture.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { fixedPoint } from "../../worker/protocol/profiles.ts";

const round = (x: bigint, n: bigint): bigint => (x + (1n << (n - 1n))) >> n;
const ONE = 1n << 40n;

/** Every value of one sample's forward pass that the protocol names. */
export const plainForward = (study: TrainedStudy, weights: readonly number[], inputs: Uint8Array) => {
	const { input, convolution } = study;
	const { kernelHeight, kernelWidth, strideHeight, strideWidth, filters } = convolution;
	const v = weights.map((weight) => round(BigInt(weight), 8n));
	const at = (index: number): bigint => v[index] as bigint;
	const outHeight = Math.floor((input.height - kernelHeight) / strideHeight) + 1;
	const outWidth = Math.floor((input.width - kernelWidth) / strideWidth) + 1;
	const kernelCount = kernelHeight * kernelWidth * input.channels * filters;
	const z: bigint[] = [];
	/** Per activation, the centred input of each tap in kernel order. */
	const seen: bigint[][] = [];
	for (let row = 0; row < outHeight; row++) {
		for (let column = 0; column < outWidth; column++) {
			const taps: bigint[] = [];
			for (let i = 0; i < kernelHeight; i++) {
				for (let k = 0; k < kernelWidth; k++) {
					for (let c = 0; c < input.channels; c++) {
						const place = (row * strideHeight + i) * input.width + column * strideWidth + k;
						taps.push(BigInt(inputs[place * input.channels + c] as number) - 128n);
					}
				}
			}
			for (let f = 0; f < filters; f++) {
				z.push(taps.reduce((sum, x, t) => sum + x * at(t * filters + f), at(kernelCount + f) << 7n));
				seen.push(taps);
			}
		}
	}
	const a = z.map((value) => (value >= 0n ? value >> 7n : 0n));
	const dense = kernelCount + filters;
	const l = a.reduce((sum, value, index) => sum + value * at(dense + index), at(weights.length - 1) << 8n);
	return { z, a, l, seen, v, dense, kernelCount };
};

/** Probability at scale 2^40. */
export const plainSigmoid = (l: bigint): bigint => {
	const u = ((l < 0n ? -l : l) + 63n) >> 7n;
	const k = Number(u >> 9n);
	const t = u % 512n;
	const row = fixedPoint.sigmoidCoefficients[k]?.map(BigInt);
	const q = row === undefined ? ONE : row.reduceRight((sum, coefficient) => sum * t + coefficient, 0n);
	return l >= 0n ? q : ONE - q;
};

/** round(eta * (p - y * 2^40), 34). */
export const plainLossGradient = (l: bigint, label: number, eta: bigint): bigint =>
	round(eta * (plainSigmoid(l) - BigInt(label) * ONE), 34n);

/** The weights after one step; null when a value leaves its range. */
export const plainStep = (
	study: TrainedStudy,
	weights: readonly number[],
	batch: readonly Sample[],
	eta: number,
): readonly number[] | null => {
	const { filters } = study.convolution;
	const G = weights.map(() => 0n);
	const add = (index: number, value: bigint): void => {
		G[index] = (G[index] as bigint) + value;
	};
	for (const { inputs, label } of batch) {
		const { z, a, l, seen, v, dense, kernelCount } = plainForward(study, weights, inputs);
		if (z.some((value) => value < -(1n << 19n) || value >= 1n << 19n)) return null;
		const g = plainLossGradient(l, label, BigInt(eta));
		z.forEach((value, index) => {
			add(dense + index, (a[index] as bigint) * g);
			const dz = value >= 0n ? (v[dense + index] as bigint) * g : 0n;
			add(kernelCount + (index % filters), dz << 7n);
			seen[index]?.forEach((x, t) => {
				add(t * filters + (index % filters), x * dz);
			});
		});
		add(weights.length - 1, g << 8n);
	}
	const k = BigInt(Math.log2(batch.length));
	const { z } = plainForward(study, weights, (batch[0] as Sample).inputs);
	const updated = weights.map((weight, index) => {
		const isDense = index >= weights.length - 1 - z.length;
		return BigInt(weight) + round(-(G[index] as bigint), (isDense ? 8n : 15n) + k);
	});
	return updated.every((weight) => weight >= -(1n << 19n) && weight < 1n << 19n) ? updated.map(Number) : null;
};
