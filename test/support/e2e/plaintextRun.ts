/** A run once more without proofs, encryption or committee: from the hospitals' own files, in the tests' second implementation of the arithmetic. */
import { plainMean, plainSegments } from "../plainRound.ts";
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
			return {
				hospital: index,
				segments: plainSegments(run.study, hospital.dataset.batches, { base, beacon: opening.beacon }),
			};
		});
		const model = plainMean(
			trained.map(({ hospital, segments }) => ({
				samples: hospitals[hospital]?.dataset.sampleCount ?? 0,
				weights: segments.at(-1) ?? [],
			})),
		);
		base = model;
		return { updates: trained, model };
	});
};
