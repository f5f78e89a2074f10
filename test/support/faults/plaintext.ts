/** A round's result without proofs, encryption or committee, in the tests' second implementation of the arithmetic: docs/PROTOCOL.md 5.6 and 6. */
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { plainMean, plainSegments } from "../plainRound.ts";
import { addressOf, type FaultConsortium, HOSPITALS, STUDY } from "./consortium.ts";

/** Weights after each segment, the last ones the trained ones, by hospital of the consortium. */
export const plainTraining = (
	{ data }: Pick<FaultConsortium, "data">,
	hospital: number,
	{ base, beacon }: { readonly base: readonly number[]; readonly beacon: number },
): readonly (readonly number[])[] => plainSegments(STUDY, data[hospital]?.dataset.batches ?? [], { base, beacon });

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
	return plainMean(parts);
};
