/**
 * A federation without cryptography: each hospital's exact fixed-point training, the exact weighted mean and the study's server optimizer.
 * The models equal, bit for bit, those of proven rounds with the same batches and beacons; but nothing is proven, and no contract takes them.
 */
import { isDecentraHealthError } from "../../protocol/errors.ts";
import type { Sample } from "../../protocol/merkle.ts";
import { learningRateInteger, leastBatches, leastSamples, normBoundInteger, type Study } from "../../protocol/study.ts";
import { type GlobalModel, serverStep } from "../serverOptimizer/serverStep.ts";
import { trainRound } from "../training/trainRound.ts";

/** A hospital's batches, in the order in which it would have committed to them. */
export type HospitalBatches = readonly (readonly Sample[])[];

/** Why a hospital would have had no proof, or a round no model. */
export type Refusal = { readonly hospital: number; readonly reason: string };

export type SimulatedRound = {
	/** From 1. */
	readonly round: number;
	readonly model: GlobalModel;
	/** Training steps of all hospitals. */
	readonly steps: number;
	/** Euclidean norm of each hospital's update in real units; null for one that was refused. */
	readonly updateNorms: readonly (number | null)[];
	readonly refused: readonly Refusal[];
	/** Fewer updates than the study's minUpdates: the round fails, and the model stays. */
	readonly failed: boolean;
};

export type SimulateRoundsOptions = {
	readonly study: Study;
	readonly hospitals: readonly HospitalBatches[];
	readonly initialModel: GlobalModel;
	readonly rounds: number;
	/** u32 of a round, from 1; the chain draws it when a round opens. */
	readonly beaconOf: (round: number) => number;
};

export type AverageInput = { readonly weights: readonly number[]; readonly sampleCount: number };

/** sum_i n_i w_i and M = sum_i n_i, as the opening of a round has them. */
export const exactSums = (updates: readonly AverageInput[]) => {
	const length = updates[0]?.weights.length ?? 0;
	const sums = new Array<number>(length).fill(0);
	// 2^15 samples times 2^19: within a double's exact integers.
	for (const { weights, sampleCount } of updates) {
		for (let index = 0; index < length; index++) {
			sums[index] = (sums[index] as number) + sampleCount * (weights[index] as number);
		}
	}
	return { sums: sums.map(BigInt), sampleSum: updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0) };
};

/** Squared norm at scale 2^32, exact. */
const squaredNorm = (before: readonly number[], after: readonly number[]): bigint =>
	after.reduce((sum, weight, index) => sum + BigInt(weight - (before[index] as number)) ** 2n, 0n);

/** One round from a base model. @throws DecentraHealthError MODEL_MALFORMED */
export const simulateRound = (
	study: Study,
	hospitals: readonly HospitalBatches[],
	base: GlobalModel,
	{ round, beacon }: { readonly round: number; readonly beacon: number },
): SimulatedRound => {
	const learningRate = learningRateInteger(study.learningRate);
	const bound = normBoundInteger(study);
	const refused: Refusal[] = [];
	const updates: AverageInput[] = [];
	let steps = 0;
	const updateNorms = hospitals.map((batches, hospital) => {
		if (batches.length < leastBatches(study)) {
			const samples = batches.length * study.batchSize;
			refused.push({
				hospital,
				reason: `DATASET_TOO_SMALL: ${samples} samples; at least ${leastSamples(study)} are needed`,
			});
			return null;
		}
		try {
			const { epochs } = study;
			const weights = trainRound({ study, weights: base.weights, batches, beacon, learningRate, epochs });
			steps += epochs * batches.length;
			const squared = squaredNorm(base.weights, weights);
			const norm = Math.sqrt(Number(squared)) / 2 ** 16;
			if (bound > 0n && squared > bound) {
				refused.push({ hospital, reason: `update norm ${norm.toFixed(3)} over the bound ${study.updateNormBound}` });
				return null;
			}
			updates.push({ weights, sampleCount: batches.length * study.batchSize });
			return norm;
		} catch (error) {
			if (!isDecentraHealthError(error) || error.code !== "TRAINING_OVERFLOW") throw error;
			refused.push({ hospital, reason: `${error.code}: ${error.message}` });
			return null;
		}
	});
	const failed = updates.length < study.minUpdates;
	const model = failed ? base : serverStep({ optimizer: study.serverOptimizer, base, ...exactSums(updates) });
	return { round, model, steps, updateNorms, refused, failed };
};

/** All rounds, one after the other. */
export function* simulateRounds(options: SimulateRoundsOptions): Generator<SimulatedRound, void> {
	const { study, hospitals, initialModel, rounds, beaconOf } = options;
	let model = initialModel;
	for (let round = 1; round <= rounds; round++) {
		const simulated = simulateRound(study, hospitals, model, { round, beacon: beaconOf(round) });
		yield simulated;
		model = simulated.model;
	}
}
