/** What the demo says about accuracy: the global model, each hospital alone, and central training, all on the same held-out rows. */
import { readyBackend } from "../../worker/adapters/tensorflow/backend.ts";
import { splitStratified } from "../../worker/core/dataset/split.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import { evaluateHospitals } from "../../worker/core/metrics/evaluateHospitals.ts";
import { type GlobalModel, serverStep } from "../../worker/core/serverOptimizer/serverStep.ts";
import { createPredictor } from "../../worker/core/training/predict.ts";
import { trainRound } from "../../worker/core/training/trainRound.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { learningRateInteger, type Study } from "../../worker/protocol/study.ts";
import { type BaselineOptions, trainCentral, trainFederated, trainLocal } from "../simulate/baselines.ts";
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
	const options: BaselineOptions = {
		study,
		hospitals: hospitals.map(({ dataset }) => dataset.batches),
		initialWeights,
		rounds: rounds.length,
		beaconOf: (round) => rounds[round - 1]?.opening.beacon ?? 0,
	};
	const evaluateFloat = (predict: PredictClasses) => evaluateWith(study, predict, test, parts);
	const local: Evaluation[] = [];
	for (const index of hospitals.keys()) local.push(await trainLocal(options, index, evaluateFloat));
	const central = await trainCentral(options, evaluateFloat);
	const federated: Evaluation[] = [];
	await trainFederated(options, (predict) => void federated.push(evaluateFloat(predict)));
	return { local, central, federated, backend: await readyBackend() };
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
