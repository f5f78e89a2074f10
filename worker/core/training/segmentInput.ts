/** Input of the circuit TrainSegment for one segment, and the weights it leads to. */
import type { MerkleTree, Sample } from "../../protocol/merkle.ts";
import { commitWeights } from "../../protocol/packing.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { TrainSegmentSignals } from "../../protocol/publicSignals.ts";
import type { Study } from "../../protocol/study.ts";
import { type TrainedStudy, trainedArchitecture } from "./architecture.ts";
import { batchOfStep } from "./trainRound.ts";
import { trainStep } from "./trainStep.ts";

export type SegmentOptions = {
	readonly study: TrainedStudy & Pick<Study, "stepsPerSegment" | "datasetDepth">;
	/** The committed data set (worker/core/dataset/commit.ts). */
	readonly dataset: {
		readonly batches: readonly (readonly Sample[])[];
		readonly salts: readonly bigint[];
		readonly tree: Pick<MerkleTree, "root" | "siblings">;
	};
	readonly context: bigint;
	/** u32s; firstStep < totalSteps. */
	readonly beacon: number;
	readonly firstStep: number;
	readonly totalSteps: number;
	/** Integer in [1, 2^12), scale 2^10. */
	readonly learningRate: number;
	readonly weightsIn: readonly number[];
	/** Field elements: 0 for the global model, otherwise secret. */
	readonly saltIn: bigint;
	readonly saltOut: bigint;
};

/** All signals of TrainSegment by name; everything but the public signals is secret. */
export type SegmentInput = TrainSegmentSignals & {
	readonly weights: readonly bigint[];
	readonly saltIn: bigint;
	readonly saltOut: bigint;
	readonly inputs: readonly (readonly (readonly bigint[])[])[];
	readonly labels: readonly (readonly bigint[])[];
	readonly batchSalts: readonly bigint[];
	readonly siblings: readonly (readonly bigint[])[];
};

/**
 * @throws DecentraHealthError TRAINING_OVERFLOW when the steps cannot be proven; RangeError for a segment without an active step
 */
export const segmentInput = (
	options: SegmentOptions,
): { readonly input: SegmentInput; readonly weightsOut: readonly number[] } => {
	const { study, dataset, beacon, firstStep, totalSteps, learningRate, weightsIn, saltIn, saltOut } = options;
	const { stepsPerSegment, batchSize, datasetDepth } = study;
	const { inputCount } = trainedArchitecture(study);
	const batchCount = dataset.batches.length;
	if (batchCount === 0 || firstStep < 0 || firstStep >= totalSteps) {
		throw new RangeError(`a segment from step ${firstStep} of ${totalSteps} has no active step`);
	}
	// Inactive steps bring any batch; this one cannot overflow, as its centred inputs are 0.
	const idle: readonly Sample[] = Array.from({ length: batchSize }, () => ({
		inputs: new Uint8Array(inputCount).fill(fixedPoint.inputOffset),
		label: 0,
	}));
	let weightsOut = weightsIn;
	const steps = Array.from({ length: stepsPerSegment }, (_, i) => {
		const step = firstStep + i;
		if (step >= totalSteps) return { batch: idle, salt: 0n, siblings: Array.from({ length: datasetDepth }, () => 0n) };
		const index = batchOfStep(beacon, step, batchCount);
		const batch = dataset.batches[index] as readonly Sample[];
		weightsOut = trainStep(study, weightsOut, batch, learningRate);
		return { batch, salt: dataset.salts[index] as bigint, siblings: dataset.tree.siblings(index) };
	});
	const input: SegmentInput = {
		context: options.context,
		datasetRoot: dataset.tree.root,
		batchCount: BigInt(batchCount),
		beacon: BigInt(beacon),
		firstStep: BigInt(firstStep),
		totalSteps: BigInt(totalSteps),
		learningRate: BigInt(learningRate),
		commitmentIn: commitWeights(weightsIn, saltIn),
		commitmentOut: commitWeights(weightsOut, saltOut),
		weights: weightsIn.map(BigInt),
		saltIn,
		saltOut,
		inputs: steps.map(({ batch }) => batch.map(({ inputs }) => Array.from(inputs, BigInt))),
		labels: steps.map(({ batch }) => batch.map(({ label }) => BigInt(label))),
		batchSalts: steps.map(({ salt }) => salt),
		siblings: steps.map(({ siblings }) => siblings),
	};
	return { input, weightsOut };
};
