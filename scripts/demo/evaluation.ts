/** What the demo says about accuracy: the global model, each hospital alone, and central training, all on the same held-out rows. */
import { type FloatModel, floatModel, trainFloat } from "../../worker/adapters/tensorflow.ts";
import { splitStratified } from "../../worker/core/dataset/split.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import { evaluateHospitals } from "../../worker/core/metrics/evaluateHospitals.ts";
import { type GlobalModel, serverStep } from "../../worker/core/serverOptimizer/serverStep.ts";
import { createPredictor } from "../../worker/core/training/predict.ts";
import { trainRound } from "../../worker/core/training/trainRound.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { fixedPoint } from "../../worker/protocol/profiles.ts";
import { learningRateInteger, type Study } from "../../worker/protocol/study.ts";
import type { DemoConsortium } from "./consortium.ts";
import type { Evaluation } from "./report.ts";

/** Each hospital's part of the held-out rows: simulated, as the split into hospitals is. */
export const testParts = ({ test, hospitals }: Pick<DemoConsortium, "test" | "hospitals">, seed: string) => {
	const size = Math.floor(test.length / hospitals.length);
	const parts = splitStratified({
		labels: test.map(({ label }) => label),
		sizes: hospitals.map(() => size),
		seed: `test/${seed}`,
	});
	return parts.map((part) => part.map((index) => test[index] as Sample));
};

const WEIGHT_SCALE = 2 ** fixedPoint.weightScaleBits;

const datasetOf = ({ hospitals }: Pick<DemoConsortium, "hospitals">, hospital: string) => {
	const found = hospitals.find(({ transactor }) => transactor.address === hospital);
	if (found === undefined) throw new RangeError(`${hospital} is not in the consortium`);
	return found.dataset;
};

type PredictClasses = (samples: readonly Sample[]) => readonly (readonly number[])[];

const evaluateWith = (
	{ classes }: Pick<Study, "classes">,
	predictAll: PredictClasses,
	test: readonly Sample[],
	parts: readonly (readonly Sample[])[],
): Evaluation => {
	const outcomeOf = (samples: readonly Sample[]) => ({
		labels: samples.map(({ label }) => label),
		probabilities: predictAll(samples),
	});
	return evaluateHospitals({ classes: classes.length, pooled: outcomeOf(test), hospitals: parts.map(outcomeOf) });
};

/** The fixed-point model as everybody runs it. */
export const evaluateGlobal = (
	{ study, test }: Pick<DemoConsortium, "study" | "test">,
	weights: readonly number[],
	parts: readonly (readonly Sample[])[],
): Evaluation => {
	const predict = createPredictor(study, weights);
	return evaluateWith(study, (samples) => samples.map(({ inputs }) => predict(inputs).probabilities), test, parts);
};

/**
 * Float training in TensorFlow.js with as many epochs as all rounds together: each hospital alone, all rows in one place, and federated
 * averaging in the rounds' own order of batches.
 */
export const evaluateBaselines = async (
	consortium: DemoConsortium,
	rounds: readonly RoundRecord[],
	parts: readonly (readonly Sample[])[],
) => {
	const { study, hospitals, initialWeights, test } = consortium;
	const { learningRate } = study;
	const epochs = rounds.length * study.epochs;
	const evaluateFloat = async (training: Promise<FloatModel>) => {
		const model = await training;
		try {
			return { backend: model.backend, evaluation: evaluateWith(study, model.predictClasses, test, parts) };
		} finally {
			model.dispose();
		}
	};
	const local: Evaluation[] = [];
	for (const { dataset } of hospitals) {
		const { batches } = dataset;
		local.push((await evaluateFloat(trainFloat({ study, initialWeights, batches, epochs, learningRate }))).evaluation);
	}
	// Batches of the hospitals in turn, as one shuffled data set would come.
	const longest = Math.max(...hospitals.map(({ dataset }) => dataset.batchCount));
	const mixed = Array.from({ length: longest }, (_, index) =>
		hospitals.flatMap(({ dataset }) => dataset.batches.slice(index, index + 1)),
	).flat();
	const central = await evaluateFloat(trainFloat({ study, initialWeights, batches: mixed, epochs, learningRate }));
	let weights = initialWeights;
	for (const { opening, updates } of rounds) {
		const { beacon } = opening;
		const trained: { readonly sampleCount: number; readonly weights: readonly number[] }[] = [];
		for (const { hospital } of updates) {
			const { batches, sampleCount } = datasetOf(consortium, hospital);
			const options = { study, initialWeights: weights, batches, epochs: study.epochs, learningRate, beacon };
			const model = await trainFloat(options);
			trained.push({ sampleCount, weights: model.weights });
			model.dispose();
		}
		const total = trained.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
		weights = weights.map((_, index) =>
			trained.reduce((sum, one) => sum + ((one.weights[index] as number) * one.sampleCount * WEIGHT_SCALE) / total, 0),
		);
	}
	const federated = await evaluateFloat(floatModel({ study, weights }));
	return { local, central: central.evaluation, federated: federated.evaluation, backend: central.backend };
};

/** The new global model by plaintext training and averaging: what the encrypted path has to equal bit for bit, optimizer state included. */
export const plaintextRound = (
	consortium: Pick<DemoConsortium, "study" | "hospitals">,
	base: GlobalModel,
	round: RoundRecord,
): GlobalModel => {
	const { study } = consortium;
	const learningRate = learningRateInteger(study.learningRate);
	const { beacon } = round.opening;
	const trained = round.updates.map(({ hospital }) => {
		const { batches, sampleCount } = datasetOf(consortium, hospital);
		const { epochs } = study;
		return {
			sampleCount,
			weights: trainRound({ study, weights: base.weights, batches, beacon, learningRate, epochs }),
		};
	});
	const sampleSum = trained.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	const sums = base.weights.map((_, index) =>
		trained.reduce((sum, { sampleCount, weights }) => sum + BigInt(sampleCount * (weights[index] as number)), 0n),
	);
	return serverStep({ optimizer: study.serverOptimizer, base, sums, sampleSum });
};
