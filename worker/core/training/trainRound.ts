/** A hospital's local training in one round: the plaintext run that the segments' proofs vouch for. */
import type { Sample } from "../../protocol/merkle.ts";
import type { TrainedStudy } from "./architecture.ts";
import { startOfRound, trainStep } from "./trainStep.ts";

export type TrainRoundOptions = {
	readonly study: TrainedStudy;
	/** The round's base model: integers of scale 2^16. */
	readonly weights: readonly number[];
	/** The committed batches, in committed order. */
	readonly batches: readonly (readonly Sample[])[];
	/** u32 of the round: step k trains on batch (beacon + k) mod batches. */
	readonly beacon: number;
	/** Integer in [1, 2^12), scale 2^10. */
	readonly learningRate: number;
	readonly epochs: number;
};

/** Index of the batch that step k trains on. */
export const batchOfStep = (beacon: number, step: number, batchCount: number): number => (beacon + step) % batchCount;

/**
 * @returns the weights after epochs * batches steps
 * @throws DecentraHealthError TRAINING_OVERFLOW
 */
export const trainRound = (options: TrainRoundOptions): readonly number[] => {
	const { study, batches, beacon, learningRate, epochs } = options;
	if (batches.length === 0) throw new RangeError("there is no batch to train on");
	let state = startOfRound(study, options.weights);
	for (let step = 0; step < epochs * batches.length; step++) {
		const batch = batches[batchOfStep(beacon, step, batches.length)] as readonly Sample[];
		state = trainStep(study, state, batch, learningRate);
	}
	return state.weights;
};
