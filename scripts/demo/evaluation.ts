/** What the demo says about accuracy: the global model, each hospital alone, and central training, all on the same held-out rows. */
import { readyBackend } from "../../worker/adapters/tensorflow/backend.ts";
import { splitStratified } from "../../worker/core/dataset/split.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../worker/core/serverOptimizer/serverStep.ts";
import { simulateRound } from "../../worker/core/simulate/simulateRounds.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { type BaselineOptions, trainCentral, trainFederated, trainLocal } from "../simulate/baselines.ts";
import { evaluatePredictions, fixedPointPredict, type Predict } from "../simulate/evaluation.ts";
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

/** The fixed-point model as everybody runs it. */
export const evaluateGlobal = (
	{ study, test }: Pick<DemoConsortium, "study" | "test">,
	weights: readonly number[],
	parts: readonly (readonly Sample[])[],
): Evaluation => evaluatePredictions(study, fixedPointPredict(study, weights), { test, parts });

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
	const evaluateFloat = (predict: Predict) => evaluatePredictions(study, predict, { test, parts });
	const local: Evaluation[] = [];
	for (const index of hospitals.keys()) local.push(await trainLocal(options, index, evaluateFloat));
	const central = await trainCentral(options, evaluateFloat);
	const federated: Evaluation[] = [];
	await trainFederated(options, (predict) => void federated.push(evaluateFloat(predict)));
	return { local, central, federated, backend: await readyBackend() };
};

/** The round once more without proofs or encryption: what the encrypted path has to equal bit for bit, optimizer state included. */
export const plaintextRound = (
	consortium: Pick<DemoConsortium, "study" | "hospitals">,
	base: GlobalModel,
	{ roundId, opening, updates }: RoundRecord,
): GlobalModel => {
	const hospitals = updates.map(({ hospital }) => datasetOf(consortium, hospital).batches);
	return simulateRound(consortium.study, hospitals, base, { round: Number(roundId), beacon: opening.beacon }).model;
};
