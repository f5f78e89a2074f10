/** One simulated federation from its seed: rounds in fixed point, the float baselines, and what they are worth on the held-out rows. */
import type { HospitalMetrics } from "../../worker/core/metrics/evaluateHospitals.ts";
import { naturalFederation, simulatedBeacons, simulateFederation } from "../../worker/core/simulate/federation.ts";
import type { Partition } from "../../worker/core/simulate/partition.ts";
import { type Refusal, simulateRounds } from "../../worker/core/simulate/simulateRounds.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import { type DeploymentId, standInDeployment } from "../../worker/protocol/deploymentId.ts";
import type { Study } from "../../worker/protocol/study.ts";
import type { BaselineOptions } from "./baselines.ts";
import type { SimulationData } from "./data.ts";
import { evaluatePredictions, fixedPointPredict, type Predict } from "./evaluation.ts";

export type SeedOptions = {
	readonly study: Study;
	readonly data: SimulationData;
	readonly hospitals: number;
	readonly partition: Partition;
	readonly samples: number | undefined;
	readonly rounds: number;
	readonly baselines: boolean;
	/** By default each repetition starts as in a deployment of its own. */
	readonly deployment?: DeploymentId | undefined;
};

export type SimulatedRoundReport = {
	readonly round: number;
	/** Fixed point: what the proven path would give. */
	readonly evaluation: HospitalMetrics;
	/** Float FedAvg after the same round. */
	readonly float: HospitalMetrics | null;
	readonly updateNorms: readonly (number | null)[];
	readonly refused: readonly Refusal[];
	readonly failed: boolean;
};

export type SeedReport = {
	readonly seed: string;
	/** By hospital and class. */
	readonly classCounts: readonly (readonly number[])[];
	readonly rounds: readonly SimulatedRoundReport[];
	readonly baselines: {
		readonly local: readonly HospitalMetrics[];
		readonly central: HospitalMetrics;
	} | null;
	/** Fixed-point training alone. */
	readonly steps: number;
	readonly trainingSeconds: number;
};

/** @throws RangeError when the rows can't be cut so; DecentraHealthError */
export const runSeed = async (
	options: SeedOptions,
	seed: string,
	progress: (what: string) => void,
	signal?: AbortSignal,
): Promise<SeedReport> => {
	const { study, data, partition, rounds, samples } = options;
	const federation =
		data.kind === "natural"
			? naturalFederation({ study, hospitals: data.hospitals, seed })
			: simulateFederation({ study, ...data, hospitals: options.hospitals, partition, samples, seed });
	const { hospitals, testParts, classCounts } = federation;
	const weights = initialWeights(study, options.deployment ?? standInDeployment(seed));
	const beaconOf = simulatedBeacons(seed);
	const heldOut = { test: data.test, parts: testParts.filter((part) => part.length > 0) };
	// Bootstrap intervals where they are shown.
	const evaluate = (predict: Predict, last: boolean): HospitalMetrics =>
		evaluatePredictions(study, predict, last ? heldOut : { ...heldOut, resamples: 0 });

	let steps = 0;
	let milliseconds = 0;
	const simulated: Omit<SimulatedRoundReport, "float">[] = [];
	let startedAt = performance.now();
	for (const step of simulateRounds({ study, hospitals, initialModel: { weights, state: [] }, rounds, beaconOf })) {
		milliseconds += performance.now() - startedAt;
		signal?.throwIfAborted();
		const { round, model, updateNorms, refused, failed } = step;
		steps += step.steps;
		const predict = fixedPointPredict(study, model.weights);
		simulated.push({ round, updateNorms, refused, failed, evaluation: evaluate(predict, round === rounds) });
		progress(`round ${round} of ${rounds}`);
		startedAt = performance.now();
	}
	const trained = { seed, classCounts, steps, trainingSeconds: milliseconds / 1000 };
	if (!options.baselines) {
		return { ...trained, rounds: simulated.map((round) => ({ ...round, float: null })), baselines: null };
	}
	// TensorFlow.js takes a second to load, in each thread.
	const { trainCentral, trainFederated, trainLocal } = await import("./baselines.ts");
	const baseline: BaselineOptions = { study, hospitals, initialWeights: weights, rounds, beaconOf, signal };
	const float: HospitalMetrics[] = [];
	await trainFederated(baseline, (predict, round) => {
		float.push(evaluate(predict, round === rounds));
		progress(`float FedAvg, round ${round} of ${rounds}`);
	});
	const local: HospitalMetrics[] = [];
	for (const index of hospitals.keys()) {
		local.push(await trainLocal(baseline, index, (predict) => evaluate(predict, true)));
		progress(`hospital ${index + 1} alone`);
	}
	const central = await trainCentral(baseline, (predict) => evaluate(predict, true));
	progress("all rows in one place");
	return {
		...trained,
		rounds: simulated.map((round, index) => ({ ...round, float: float[index] ?? null })),
		baselines: { local, central },
	};
};
