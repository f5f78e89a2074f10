/** What each proof of a round proves, in plain words. The statements are those of worker/core/statements.ts. */
import type { KeySumRecord, RoundRecord, StudyRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import { capitalized } from "./capitalized.ts";
import type { NameOf } from "./names.ts";
import { counted, integer, listed, rangeOf, scaled } from "./numbers.ts";
import { commitment, digest, type Sentence } from "./sentence.ts";

export type ProofWords = {
	readonly title: string;
	readonly sentence: Sentence;
	/** What it does not say, or what else follows. */
	readonly note?: string;
};

type Parameters = StudyRecord["parameters"];

/** More batch numbers than these are told by their first and last. */
const MOST_LISTED = 8;

const batchesText = (batches: readonly number[], batchCount: number): string => {
	const numbers = batches.map((batch) => integer(batch + 1));
	const named = numbers.length > MOST_LISTED ? `${numbers[0]}, ${numbers[1]}, … ${numbers.at(-1)}` : listed(numbers);
	return `${numbers.length === 1 ? "batch" : "batches"} ${named} of ${integer(batchCount)}`;
};

type TrainedUpdate = Pick<UpdateRecord, "datasetRoot" | "batchCount" | "segments">;

/** @param index of the segment, from 0 */
export const trainingProofWords = (
	{ opening }: Pick<RoundRecord, "opening">,
	{ epochs, stepsPerSegment, learningRate }: Parameters,
	{ datasetRoot, batchCount, segments }: TrainedUpdate,
	index: number,
): ProofWords => {
	const totalSteps = epochs * batchCount;
	const first = index * stepsPerSegment;
	const end = Math.min(first + stepsPerSegment, totalSteps);
	const batches = Array.from({ length: end - first }, (_, step) => (opening.beacon + first + step) % batchCount);
	const commitmentIn = segments[index - 1]?.commitmentOut ?? opening.baseCommitment;
	const commitmentOut = segments[index]?.commitmentOut ?? 0n;
	const start =
		index === 0 ? "starting from the round's global model, committed as " : "starting from the weights committed as ";
	const steps = rangeOf("step", first + 1, end, totalSteps);
	const unused = first + stepsPerSegment - end;
	return {
		title: `Training, ${rangeOf("segment", index + 1, index + 1, segments.length)}`,
		sentence: [
			`${capitalized(steps)}: ${start}`,
			commitment(commitmentIn),
			`, training with learning rate ${scaled(learningRate, fixedPoint.learningRateScaleBits)} on ${batchesText(batches, batchCount)} of the data set registered as `,
			commitment(datasetRoot),
			", in the order that the round's beacon fixes, leads to the weights committed as ",
			commitment(commitmentOut),
			". Architecture, loss, optimizer and batch size are constants of the circuit.",
		],
		...(unused > 0
			? { note: `A proof covers ${stepsPerSegment} steps; the last ${unused} of this one pass the weights through.` }
			: {}),
	};
};

/** @param hasNormBound undefined while the study's definition is not known */
export const encryptionProofWords = (
	{ opening }: Pick<RoundRecord, "opening">,
	{ threshold, weightCount }: Parameters,
	{
		weightsCommitment,
		bundleDigest,
		sampleCount,
	}: Pick<UpdateRecord, "weightsCommitment" | "bundleDigest" | "sampleCount">,
	normBound: number | undefined,
): ProofWords => ({
	title: "Encryption",
	sentence: [
		`The CKKS ciphertext in the bundle `,
		digest(bundleDigest),
		` holds exactly the ${integer(weightCount)} weights committed as `,
		commitment(weightsCommitment),
		`, where training ended, multiplied by the ${counted(sampleCount, "sample")} they were trained on. Its one-time key is shared to the ${opening.committee.length} committee members so that any ${threshold} of them can open a sum with it; each share is encrypted to its member's registered key.`,
		...(normBound === undefined
			? []
			: [` The update is no further than ${normBound} from the round's global model, in Euclidean norm.`]),
	],
	note: "The proof fixes the value of the ciphertext's and of the shares' polynomial at one challenge point; whoever has the bundle checks both, and the members do so before they confirm it.",
});

/** @param index of the proof, from 0 */
export const keySumProofWords = (
	{ frozen }: Pick<RoundRecord, "frozen">,
	{ keySumSlots }: Parameters,
	keySum: Pick<KeySumRecord, "member" | "proofs">,
	{ index, nameOf }: { readonly index: number; readonly nameOf: NameOf },
): ProofWords => {
	const hospitals = (frozen?.hospitals ?? []).slice(index * keySumSlots, (index + 1) * keySumSlots);
	const parts = keySum.proofs.length;
	const whose = `the key shares of ${listed(hospitals.map(nameOf))}`;
	return {
		title: parts === 1 ? "Key sum" : `Key sum, ${rangeOf("part", index + 1, index + 1, parts)}`,
		sentence: [
			`The numbers that ${nameOf(keySum.member)} posted are exactly the sum of ${parts === 1 ? whose : `its parts, and this part is the sum of ${whose}`}: the shares that the encryption proofs of the frozen set `,
			...(frozen === undefined ? [] : [digest(frozen.frozenSetDigest)]),
			" dealt to this member.",
		],
		note:
			parts === 1
				? "It says nothing about a single share: only their sum is public."
				: "A random mask that cancels out over all parts hides the sum of each part alone.",
	};
};
