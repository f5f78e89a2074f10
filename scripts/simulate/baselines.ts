/** Float training in TensorFlow.js on the rows of a simulated federation: what its models are compared with. */
import { type FloatModel, floatModel, trainFloat } from "../../worker/adapters/tensorflow.ts";
import type { HospitalBatches } from "../../worker/core/simulate/simulateRounds.ts";
import { fixedPoint } from "../../worker/protocol/profiles.ts";
import type { Study } from "../../worker/protocol/study.ts";
import type { Predict } from "./evaluation.ts";

const WEIGHT_SCALE = 2 ** fixedPoint.weightScaleBits;

export type BaselineOptions = {
	readonly study: Study;
	readonly hospitals: readonly HospitalBatches[];
	/** Integers, scale 2^16: the simulation's start. */
	readonly initialWeights: readonly number[];
	readonly rounds: number;
	readonly beaconOf: (round: number) => number;
	readonly signal?: AbortSignal | undefined;
};

const using = async <T>(model: FloatModel, use: (predict: Predict) => T): Promise<T> => {
	try {
		return use(model.predictClasses);
	} finally {
		model.dispose();
	}
};

/** One hospital's rows alone, as many epochs as in all rounds together. */
export const trainLocal = async <T>(
	{ study, hospitals, initialWeights, rounds, signal }: BaselineOptions,
	hospital: number,
	use: (predict: Predict) => T,
): Promise<T> => {
	const batches = hospitals[hospital] ?? [];
	const { learningRate } = study;
	return using(
		await trainFloat({ study, initialWeights, batches, epochs: rounds * study.epochs, learningRate, signal }),
		use,
	);
};

/** All hospitals' rows in one place, as many epochs as in all rounds together; their batches in turn, as a shuffled data set would come. */
export const trainCentral = async <T>(
	{ study, hospitals, initialWeights, rounds, signal }: BaselineOptions,
	use: (predict: Predict) => T,
): Promise<T> => {
	const longest = Math.max(...hospitals.map((batches) => batches.length));
	const batches = Array.from({ length: longest }, (_, index) =>
		hospitals.flatMap((own) => own.slice(index, index + 1)),
	).flat();
	const { learningRate } = study;
	return using(
		await trainFloat({ study, initialWeights, batches, epochs: rounds * study.epochs, learningRate, signal }),
		use,
	);
};

/** Federated averaging (McMahan et al. 2017) in floats: the simulation's batches, order and weights of the mean. `use` is called after each round. */
export const trainFederated = async (
	{ study, hospitals, initialWeights, rounds, beaconOf, signal }: BaselineOptions,
	use: (predict: Predict, round: number) => void,
): Promise<void> => {
	const { learningRate, epochs } = study;
	const total = hospitals.reduce((sum, batches) => sum + batches.length, 0);
	let weights = initialWeights;
	for (let round = 1; round <= rounds; round++) {
		const mean = new Array<number>(weights.length).fill(0);
		for (const batches of hospitals) {
			const beacon = beaconOf(round);
			const model = await trainFloat({ study, initialWeights: weights, batches, epochs, learningRate, beacon, signal });
			model.weights.forEach((weight, index) => {
				mean[index] = (mean[index] as number) + (weight * WEIGHT_SCALE * batches.length) / total;
			});
			model.dispose();
		}
		weights = mean;
		await using(await floatModel({ study, weights }), (predict) => use(predict, round));
	}
};
