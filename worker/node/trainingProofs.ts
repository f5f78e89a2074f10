/** A hospital's training of one round, and its proofs: all of it is trained first, then the segments are proven one after another, without a pause between them. */
import type { prove } from "../adapters/prover.ts";
import type { CommittedDataset } from "../core/dataset/commit.ts";
import { deriveFieldElement } from "../core/dataset/derive.ts";
import { type Segment, type SegmentInput, segmentInput } from "../core/training/segmentInput.ts";
import type { Study } from "../protocol/study.ts";
import type { Progress } from "./participant.ts";
import type { UpdateNotes } from "./updateNotes.ts";

export type Training = {
	readonly study: Study;
	readonly dataset: CommittedDataset;
	readonly dataSeed: Uint8Array;
	/** Digest of everything the proofs depend on, from which the salts follow. */
	readonly statement: string;
	readonly context: bigint;
	readonly beacon: number;
	readonly epochs: number;
	readonly stepsPerSegment: number;
	readonly learningRate: number;
	readonly baseWeights: readonly number[];
};

export type TrainedRound = {
	/** Of each segment, in order. */
	readonly inputs: readonly SegmentInput[];
	readonly weights: readonly number[];
	/** Salt of the last commitment. */
	readonly salt: bigint;
};

/** @throws DecentraHealthError TRAINING_OVERFLOW */
export const trainSegments = (training: Training): TrainedRound => {
	const { study, dataset, dataSeed, statement, stepsPerSegment } = training;
	const totalSteps = training.epochs * dataset.batchCount;
	const inputs: SegmentInput[] = [];
	let weights = training.baseWeights;
	let salt = 0n;
	// With momentum, what the next segment begins with.
	let momentum: { readonly velocityIn: readonly number[]; readonly blindIn: bigint } | undefined;
	for (let segment = 0; segment * stepsPerSegment < totalSteps; segment++) {
		const secretOut = deriveFieldElement(dataSeed, `weights-salt/${statement}/${segment}`);
		const made: Segment = segmentInput({
			study,
			dataset,
			context: training.context,
			beacon: training.beacon,
			firstStep: segment * stepsPerSegment,
			totalSteps,
			learningRate: training.learningRate,
			weightsIn: weights,
			saltIn: salt,
			secretOut,
			...momentum,
		});
		inputs.push(made.input);
		weights = made.weightsOut;
		salt = made.saltOut;
		if (made.velocityOut !== undefined) momentum = { velocityIn: made.velocityOut, blindIn: secretOut };
	}
	return { inputs, weights, salt };
};

/** One is proven while the witness of the next is computed. */
const MOST_AT_ONCE = 2;

export type SegmentProofs = {
	/** Finished proofs of an earlier run; the new ones are added, each once all before it are there. */
	readonly notes: UpdateNotes;
	readonly proveSegment: (input: SegmentInput) => ReturnType<typeof prove>;
	/** Called whenever the notes have changed. */
	readonly keep: () => Promise<void>;
	readonly progress: Progress;
};

/** Proves the segments that the notes have no proof of. A step's seconds are those since the one before was done. */
export const proveSegments = async (
	inputs: readonly SegmentInput[],
	{ notes, proveSegment, keep, progress }: SegmentProofs,
): Promise<void> => {
	const differs = inputs.findIndex(({ commitmentOut }, at) => notes.segments[at]?.commitmentOut !== commitmentOut);
	if (differs < 0) return;
	// Whatever the notes say about later segments does not follow from this one.
	notes.segments.splice(differs);
	delete notes.encryption;
	const asked = new Map<number, ReturnType<typeof prove>>();
	const stepOf = (segment: number) => `prove training segment ${segment + 1} of ${inputs.length}`;
	let lastDone = performance.now();
	for (const [segment, { commitmentOut }] of inputs.entries()) {
		if (segment < differs) continue;
		for (let next = segment; next < Math.min(segment + MOST_AT_ONCE, inputs.length); next++) {
			const input = inputs[next];
			if (input === undefined || asked.has(next)) continue;
			progress({ step: stepOf(next), state: "started" });
			const proven = proveSegment(input);
			// It is awaited below, unless an earlier one fails.
			proven.catch(() => undefined);
			asked.set(next, proven);
		}
		const statement = await asked.get(segment);
		if (statement === undefined) throw new RangeError(`segment ${segment} was not asked for`);
		const now = performance.now();
		progress({ step: stepOf(segment), state: "done", seconds: (now - lastDone) / 1000 });
		lastDone = now;
		notes.segments.push({ proof: [...statement.proof], commitmentOut });
		await keep();
	}
};
