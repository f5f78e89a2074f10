/** A run once more without proofs, encryption or committee: from the hospitals' own files, in the tests' second implementation of the arithmetic. */
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { plainStep } from "../plainTraining.ts";
import type { AttachedRun, HospitalSecrets } from "./attach.ts";

export type PlaintextUpdate = {
	/** Index into the hospitals. */
	readonly hospital: number;
	/** Weights after each segment; the last ones are the trained ones. */
	readonly segments: readonly (readonly number[])[];
};

export type PlaintextRound = {
	/** In the order of the round's updates. */
	readonly updates: readonly PlaintextUpdate[];
	/** The weighted mean, to the nearest integer. */
	readonly model: readonly number[];
};

const train = (
	{ study }: Pick<AttachedRun, "study">,
	{ dataset }: HospitalSecrets,
	{ base, beacon }: { readonly base: readonly number[]; readonly beacon: number },
): readonly (readonly number[])[] => {
	const { batches, batchCount } = dataset;
	const segments: (readonly number[])[] = [];
	const steps = study.epochs * batchCount;
	let weights = base;
	for (let step = 0; step < steps; step++) {
		const batch = batches[(beacon + step) % batchCount];
		const next = batch && plainStep(study, weights, batch, learningRateInteger(study.learningRate));
		if (!next) throw new RangeError(`step ${step} leaves its range`);
		weights = next;
		if ((step + 1) % study.stepsPerSegment === 0 || step + 1 === steps) segments.push(weights);
	}
	return segments;
};

/** floor((2 sum + M) / (2 M)). */
const mean = (
	parts: readonly { readonly samples: number; readonly weights: readonly number[] }[],
): readonly number[] => {
	const total = parts.reduce((sum, { samples }) => sum + samples, 0);
	return (parts[0]?.weights ?? []).map((_, index) => {
		const sum = parts.reduce((part, { samples, weights }) => part + samples * (weights[index] ?? 0), 0);
		return Math.floor((2 * sum + total) / (2 * total));
	});
};

/** @param initial the study's initial weights */
export const plaintextRun = (
	run: AttachedRun,
	hospitals: readonly HospitalSecrets[],
	initial: readonly number[],
): readonly PlaintextRound[] => {
	let base = initial;
	return run.rounds.map(({ opening, updates }) => {
		const trained = updates.map(({ datasetRoot }) => {
			const index = hospitals.findIndex(({ dataset }) => dataset.root === datasetRoot);
			const hospital = hospitals[index];
			if (hospital === undefined) throw new RangeError("an update is about nobody's data");
			return { hospital: index, segments: train(run, hospital, { base, beacon: opening.beacon }) };
		});
		const model = mean(
			trained.map(({ hospital, segments }) => ({
				samples: hospitals[hospital]?.dataset.sampleCount ?? 0,
				weights: segments.at(-1) ?? [],
			})),
		);
		base = model;
		return { updates: trained, model };
	});
};
