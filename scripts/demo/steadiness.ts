/**
 * How steadily the demo reaches its figures: simulated runs from the study's initial weights in the deployment that a fresh local chain gets.
 * `node scripts/demo/steadiness.ts --candidates 40` tries other seeds of the initial weights.
 */
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { createRandom } from "../../worker/core/dataset/random.ts";
import { simulateRounds } from "../../worker/core/simulate/simulateRounds.ts";
import { initialWeights } from "../../worker/core/training/initialWeights.ts";
import type { DeploymentId } from "../../worker/protocol/deploymentId.ts";
import type { Sample } from "../../worker/protocol/merkle.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { integer } from "../commandLine.ts";
import { EMBEDDED_STUDY } from "../simulate/data.ts";
import { evaluatePredictions, fixedPointPredict } from "../simulate/evaluation.ts";
import { type DemoData, demoData } from "./data.ts";
import { startDeployment } from "./deployment.ts";
import { DEFAULT_SEED } from "./options.ts";
import { MOST_SEGMENTS } from "./setting.ts";

/** What README says that the demo reaches after its rounds. */
export const TARGET = { rounds: 3, auc: 0.985, accuracy: 0.95 } as const;

export type Steadiness = {
	readonly reached: number;
	readonly runs: number;
	readonly lowestAuc: number;
	readonly lowestAccuracy: number;
};

export const embeddedData = (study: Study): Promise<DemoData> => {
	const maxBatches = Math.min(MOST_SEGMENTS * study.stepsPerSegment, 2 ** study.datasetDepth);
	return demoData({ study, data: [], hospitals: 3, seed: DEFAULT_SEED, maxBatches });
};

/** Batches and beacons differ from run to run, as the hospitals' secrets and the chain's blocks do. */
export const steadiness = (
	{ study, data, deployment }: { readonly study: Study; readonly data: DemoData; readonly deployment: DeploymentId },
	runs: number,
): Steadiness => {
	const initialModel = { weights: initialWeights(study, deployment), state: [] };
	const { rounds } = TARGET;
	const measured = Array.from({ length: runs }, (_, run) => {
		const random = createRandom(`steadiness/${run}`);
		const hospitals = data.hospitals.map(({ samples }) => batches(random.shuffle(samples), study.batchSize));
		const steps = [
			...simulateRounds({ study, hospitals, initialModel, rounds, beaconOf: () => random.below(2 ** 32) }),
		];
		const predict = fixedPointPredict(study, steps.at(-1)?.model.weights ?? []);
		const { pooled } = evaluatePredictions(study, predict, { test: data.test, parts: [], resamples: 0 });
		return { auc: pooled.auc.value ?? 0, accuracy: pooled.accuracy.value ?? 0 };
	});
	return {
		reached: measured.filter(({ auc, accuracy }) => auc >= TARGET.auc && accuracy >= TARGET.accuracy).length,
		runs,
		lowestAuc: Math.min(...measured.map(({ auc }) => auc)),
		lowestAccuracy: Math.min(...measured.map(({ accuracy }) => accuracy)),
	};
};

const batches = (samples: readonly Sample[], size: number) =>
	Array.from({ length: Math.floor(samples.length / size) }, (_, index) =>
		samples.slice(index * size, (index + 1) * size),
	);

const main = async ({ runs, candidates }: { readonly runs: number; readonly candidates: number }): Promise<void> => {
	const study = await readStudyFile(EMBEDDED_STUDY);
	const data = await embeddedData(study);
	const chain = await startDeployment();
	const deployment = { chainId: 31337, roundManager: chain.deployment.roundManager };
	await chain.stop();
	const others = Array.from({ length: candidates }, (_, index) => `${study.name}-${index + 1}`);
	process.stdout.write(`RoundManager ${deployment.roundManager}\n`);
	for (const initialWeightsSeed of [study.initialWeightsSeed, ...others]) {
		const { reached, lowestAuc, lowestAccuracy } = steadiness(
			{ study: { ...study, initialWeightsSeed }, data, deployment },
			runs,
		);
		process.stdout.write(
			`${initialWeightsSeed}: ${reached} of ${runs} runs reach AUC ${TARGET.auc} and accuracy ${TARGET.accuracy}; lowest ${lowestAuc.toFixed(4)}, ${lowestAccuracy.toFixed(4)}\n`,
		);
	}
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	const command = new Command("node scripts/demo/steadiness.ts")
		.option("--runs <n>", "simulated runs of each seed", integer(1, 1_000_000), 1000)
		.option("--candidates <n>", "other seeds of the initial weights to try", integer(0, 10_000), 0)
		.action(main);
	await command.parseAsync();
}
