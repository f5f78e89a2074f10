/** Input of the circuit TrainSegment for one segment, and the state it leads to. */
import type { MerkleTree, Sample } from "../../protocol/merkle.ts";
import { networkOf } from "../../protocol/network.ts";
import { commitVelocity, commitWeights } from "../../protocol/packing.ts";
import { fixedPoint } from "../../protocol/profiles.ts";
import type { TrainSegmentSignals } from "../../protocol/publicSignals.ts";
import type { Study } from "../../protocol/study.ts";
import type { TrainedStudy } from "./architecture.ts";
import { batchOfStep } from "./trainRound.ts";
import { startOfRound, staysInRange, type TrainingState, trainStep } from "./trainStep.ts";

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
	/** Field element: 0 for the global model, otherwise secret. With momentum, from the second segment on: the preceding one's {@link Segment.saltOut}. */
	readonly saltIn: bigint;
	/**
	 * A fresh secret field element. Plain SGD: the salt of the outgoing weights. Momentum: the blind of the outgoing velocities, whose commitment
	 * is the salt.
	 */
	readonly secretOut: bigint;
	/** With momentum, from the second segment on: the velocities that the preceding one led to, and its `secretOut`. */
	readonly velocityIn?: readonly number[] | undefined;
	readonly blindIn?: bigint | undefined;
};

/** All signals of TrainSegment by name; everything but the public signals is secret. */
export type SegmentInput = TrainSegmentSignals & {
	readonly weights: readonly bigint[];
	readonly saltIn: bigint;
	/** With momentum the commitment of the outgoing velocities. */
	readonly saltOut: bigint;
	/** Momentum alone: the velocities at the start, and the blinds of their commitment (any at a round's start) and of the outgoing ones'. */
	readonly velocity?: readonly bigint[];
	readonly velocityBlinds?: readonly [blindIn: bigint, blindOut: bigint];
	readonly inputs: readonly (readonly (readonly bigint[])[])[];
	readonly labels: readonly (readonly bigint[])[];
	readonly batchSalts: readonly bigint[];
	readonly siblings: readonly (readonly bigint[])[];
};

/** What a segment leads to: the next one's `weightsIn`, `saltIn` and `velocityIn`. */
export type Segment = {
	readonly input: SegmentInput;
	readonly weightsOut: readonly number[];
	readonly saltOut: bigint;
	readonly velocityOut?: readonly number[];
};

/** @throws RangeError when the velocities do not fit the study's optimizer */
const stateIn = ({ study, weightsIn, firstStep, velocityIn, blindIn }: SegmentOptions): TrainingState => {
	const continues = study.optimizer.kind === "momentum" && firstStep > 0;
	if ((velocityIn !== undefined) !== continues || (blindIn !== undefined) !== continues) {
		throw new RangeError("velocities and their blind enter the second and later segments of a study with momentum");
	}
	return velocityIn === undefined ? startOfRound(study, weightsIn) : { weights: weightsIn, velocity: velocityIn };
};

/**
 * @throws DecentraHealthError TRAINING_OVERFLOW when the steps cannot be proven; RangeError for a segment without an active step
 */
export const segmentInput = (options: SegmentOptions): Segment => {
	const { study, dataset, beacon, firstStep, totalSteps, learningRate, weightsIn, saltIn, secretOut } = options;
	const { stepsPerSegment, batchSize, datasetDepth } = study;
	const { inputCount } = networkOf(study);
	const batchCount = dataset.batches.length;
	if (batchCount === 0 || firstStep < 0 || firstStep >= totalSteps) {
		throw new RangeError(`a segment from step ${firstStep} of ${totalSteps} has no active step`);
	}
	// Inactive steps bring any batch in range. Centred inputs of 0 leave only what the biases do, which is in range in one block at any weights.
	const neutral: readonly Sample[] = Array.from({ length: batchSize }, () => ({
		inputs: new Uint8Array(inputCount).fill(fixedPoint.inputOffset),
		label: 0,
	}));
	const start = stateIn(options);
	let end = start;
	const steps = Array.from({ length: stepsPerSegment }, (_, i) => {
		const step = firstStep + i;
		if (step >= totalSteps) {
			const { weights } = end;
			const idle = [neutral, ...dataset.batches].find((batch) => staysInRange(study, weights, batch)) ?? neutral;
			end = trainStep(study, end, idle, learningRate, false);
			return { batch: idle, salt: 0n, siblings: Array.from({ length: datasetDepth }, () => 0n) };
		}
		const index = batchOfStep(beacon, step, batchCount);
		const batch = dataset.batches[index] as readonly Sample[];
		end = trainStep(study, end, batch, learningRate);
		return { batch, salt: dataset.salts[index] as bigint, siblings: dataset.tree.siblings(index) };
	});
	const { weights: weightsOut, velocity: velocityOut } = end;
	const saltOut = velocityOut === undefined ? secretOut : commitVelocity(velocityOut, secretOut);
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
		...(start.velocity !== undefined && {
			velocity: start.velocity.map(BigInt),
			velocityBlinds: [options.blindIn ?? 0n, secretOut],
		}),
		inputs: steps.map(({ batch }) => batch.map(({ inputs }) => Array.from(inputs, BigInt))),
		labels: steps.map(({ batch }) => batch.map(({ label }) => BigInt(label))),
		batchSalts: steps.map(({ salt }) => salt),
		siblings: steps.map(({ siblings }) => siblings),
	};
	return { input, weightsOut, saltOut, ...(velocityOut === undefined ? {} : { velocityOut }) };
};
