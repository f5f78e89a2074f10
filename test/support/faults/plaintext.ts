/** A round's result without proofs, encryption or committee, in the tests' second implementation of the arithmetic: docs/PROTOCOL.md 5.6 and 6. */
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { learningRateInteger } from "../../../worker/protocol/study.ts";
import { plainStep } from "../plainTraining.ts";
import { addressOf, type FaultConsortium, HOSPITALS, STUDY } from "./consortium.ts";

/** Weights after each segment, the last ones the trained ones, by hospital of the consortium. */
export const plainTraining = (
	{ data }: Pick<FaultConsortium, "data">,
	hospital: number,
	{ base, beacon }: { readonly base: readonly number[]; readonly beacon: number },
): readonly (readonly number[])[] => {
	const { batches, batchCount } = data[hospital]?.dataset ?? { batches: [], batchCount: 0 };
	const steps = STUDY.epochs * batchCount;
	const segments: (readonly number[])[] = [];
	let weights = base;
	for (let step = 0; step < steps; step++) {
		const batch = batches[(beacon + step) % batchCount];
		const next = batch && plainStep(STUDY, weights, batch, learningRateInteger(STUDY.learningRate));
		if (!next) throw new RangeError(`step ${step} leaves its range`);
		weights = next;
		if ((step + 1) % STUDY.stepsPerSegment === 0 || step + 1 === steps) segments.push(weights);
	}
	return segments;
};

/** The weighted mean over the round's set, halves up. @throws RangeError when somebody else's update is in it */
export const plainModel = (
	consortium: Pick<FaultConsortium, "data">,
	{ updates, opening }: Pick<RoundRecord, "updates" | "opening">,
	base: readonly number[],
): readonly number[] => {
	const parts = updates.map(({ hospital }) => {
		const index = HOSPITALS.findIndex((name) => addressOf(name) === hospital);
		const samples = consortium.data[index]?.dataset.sampleCount;
		if (samples === undefined) throw new RangeError(`${hospital} is none of the hospitals that train`);
		const weights = plainTraining(consortium, index, { base, beacon: opening.beacon }).at(-1) ?? [];
		return { samples, weights };
	});
	const total = parts.reduce((sum, { samples }) => sum + samples, 0);
	return base.map((_, index) => {
		const sum = parts.reduce((part, { samples, weights }) => part + samples * (weights[index] ?? 0), 0);
		return Math.floor((2 * sum + total) / (2 * total));
	});
};
