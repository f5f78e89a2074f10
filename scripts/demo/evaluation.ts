/** What the demo says about accuracy: the global model, each hospital alone, and central training, all on the same held-out rows. */
import { type FloatModel, trainFloat } from "../../worker/adapters/tensorflow.ts";
import { newGlobalWeights } from "../../worker/core/aggregation/weightedSums.ts";
import { splitStratified } from "../../worker/core/dataset/split.ts";
import type { RoundRecord } from "../../worker/core/ledger/state.ts";
import { evaluate } from "../../worker/core/metrics/evaluate.ts";
import { forward } from "../../worker/core/training/forward.ts";
import { trainRound } from "../../worker/core/training/trainRound.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import { learningRateInteger } from "../../worker/protocol/study.ts";
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

type Predict = (samples: readonly Sample[]) => readonly number[];

const evaluateWith = (
	predictAll: Predict,
	test: readonly Sample[],
	parts: readonly (readonly Sample[])[],
): Evaluation => {
	const metricsOf = (samples: readonly Sample[]) =>
		evaluate({ labels: samples.map(({ label }) => label), probabilities: predictAll(samples) });
	const perHospital = parts.map(metricsOf);
	const aucs = perHospital.map(({ auc }) => auc.value ?? 0);
	return { pooled: metricsOf(test), perHospital, worst: aucs.indexOf(Math.min(...aucs)) };
};

/** The fixed-point model as everybody runs it. */
export const evaluateGlobal = (
	{ study, test }: Pick<DemoConsortium, "study" | "test">,
	weights: readonly number[],
	parts: readonly (readonly Sample[])[],
): Evaluation =>
	evaluateWith((samples) => samples.map(({ inputs }) => forward(study, weights, inputs).probability), test, parts);

/** Float training in TensorFlow.js with as many epochs as all rounds together. */
export const evaluateBaselines = async (
	consortium: DemoConsortium,
	rounds: number,
	parts: readonly (readonly Sample[])[],
) => {
	const { study, hospitals, initialWeights, test } = consortium;
	const train = (batches: readonly (readonly Sample[])[]): Promise<FloatModel> =>
		trainFloat({ study, initialWeights, batches, epochs: rounds * study.epochs, learningRate: study.learningRate });
	const evaluateFloat = async (batches: readonly (readonly Sample[])[]) => {
		const model = await train(batches);
		try {
			return { backend: model.backend, evaluation: evaluateWith(model.predict, test, parts) };
		} finally {
			model.dispose();
		}
	};
	const local: Evaluation[] = [];
	for (const { dataset } of hospitals) local.push((await evaluateFloat(dataset.batches)).evaluation);
	// Batches of the hospitals in turn, as one shuffled data set would come.
	const longest = Math.max(...hospitals.map(({ dataset }) => dataset.batchCount));
	const mixed = Array.from({ length: longest }, (_, index) =>
		hospitals.flatMap(({ dataset }) => dataset.batches.slice(index, index + 1)),
	).flat();
	const central = await evaluateFloat(mixed);
	return { local, central: central.evaluation, backend: central.backend };
};

/** The new global model by plaintext training and averaging: what the encrypted path has to equal bit for bit. */
export const plaintextRound = (
	{ study, hospitals }: Pick<DemoConsortium, "study" | "hospitals">,
	baseWeights: readonly number[],
	round: RoundRecord,
): readonly number[] => {
	const learningRate = learningRateInteger(study.learningRate);
	const { beacon } = round.opening;
	const trained = round.updates.map(({ hospital }) => {
		const found = hospitals.find(({ transactor }) => transactor.address === hospital);
		if (found === undefined) throw new RangeError(`${hospital} is not in the consortium`);
		const { batches, sampleCount } = found.dataset;
		const { epochs } = study;
		return { sampleCount, weights: trainRound({ study, weights: baseWeights, batches, beacon, learningRate, epochs }) };
	});
	const sampleSum = trained.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	const sums = baseWeights.map((_, index) =>
		trained.reduce((sum, { sampleCount, weights }) => sum + BigInt(sampleCount * (weights[index] as number)), 0n),
	);
	return newGlobalWeights(sums, sampleSum);
};
