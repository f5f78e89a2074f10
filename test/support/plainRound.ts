/** A hospital's round and the mean of several, without proofs or encryption, in the tests' second implementation of the arithmetic: docs/PROTOCOL.md 5.6 and 6. */
import { startOfRound } from "../../worker/core/training/trainStep.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { learningRateInteger, type Study } from "../../worker/protocol/study.ts";
import { plainStep } from "./plainTraining.ts";

/** Weights after each segment; the last ones are the trained ones. @throws RangeError when training leaves its range */
export const plainSegments = (
	study: Study,
	batches: readonly (readonly Sample[])[],
	{ base, beacon }: { readonly base: readonly number[]; readonly beacon: number },
): readonly (readonly number[])[] => {
	const segments: (readonly number[])[] = [];
	const steps = study.epochs * batches.length;
	let state = startOfRound(study, base);
	for (let step = 0; step < steps; step++) {
		const batch = batches[(beacon + step) % batches.length];
		const next = batch && plainStep(study, state, batch, learningRateInteger(study.learningRate));
		if (!next) throw new RangeError(`step ${step} leaves its range`);
		state = next;
		if ((step + 1) % study.stepsPerSegment === 0 || step + 1 === steps) segments.push(state.weights);
	}
	return segments;
};

/** floor((2 sum + M) / (2 M)): the weighted mean, to the nearest integer, halves up. */
export const plainMean = (
	parts: readonly { readonly samples: number; readonly weights: readonly number[] }[],
): readonly number[] => {
	const total = parts.reduce((sum, { samples }) => sum + samples, 0);
	return (parts[0]?.weights ?? []).map((_, index) => {
		const sum = parts.reduce((part, { samples, weights }) => part + samples * (weights[index] ?? 0), 0);
		return Math.floor((2 * sum + total) / (2 * total));
	});
};
