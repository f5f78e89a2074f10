/** What a simulation found, over its seeds: schema of --json. */
import { cpus } from "node:os";
import { encodeStudy } from "../../worker/core/codecs/study.ts";
import type { HospitalMetrics } from "../../worker/core/metrics/evaluateHospitals.ts";
import type { Partition } from "../../worker/core/simulate/partition.ts";
import { contentDigest } from "../../worker/protocol/contentDigest.ts";
import type { Study } from "../../worker/protocol/study.ts";
import type { SeedReport } from "./runSeed.ts";

export const NOT_PROVEN =
	"Simulation: the exact fixed-point training and averaging, without proofs and without encryption. Nothing here is proven, and no contract accepts it.";

/** Over the seeds; null when a measure is undefined for one of them. */
export type Spread = { readonly mean: number; readonly least: number; readonly most: number } | null;

export type ModelSummary = {
	readonly auc: Spread;
	readonly accuracy: Spread;
	readonly balancedAccuracy: Spread;
	readonly brier: Spread;
	readonly ece: Spread;
	/** AUC of the hospital where the model is worst. */
	readonly worstAuc: Spread;
};

export type SimulationReport = {
	readonly version: 1;
	readonly kind: "simulation";
	readonly proven: false;
	readonly notice: string;
	readonly startedAt: string;
	readonly seconds: number;
	readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
	readonly study: Study;
	readonly definitionDigest: string;
	readonly data: string;
	readonly testSamples: number;
	readonly partition: string;
	readonly hospitals: number;
	readonly seeds: readonly SeedReport[];
	readonly summary: {
		readonly rounds: readonly {
			readonly round: number;
			readonly fixed: ModelSummary;
			readonly float: ModelSummary | null;
		}[];
		/** Mean over hospitals and seeds of what a hospital gets alone. */
		readonly local: ModelSummary | null;
		readonly central: ModelSummary | null;
		readonly stepsPerSecond: number;
	};
};

const spread = (values: readonly (number | null | undefined)[]): Spread => {
	const found = values.filter((value): value is number => typeof value === "number");
	if (found.length === 0 || found.length < values.length) return null;
	const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
	return { mean, least: Math.min(...found), most: Math.max(...found) };
};

const summarize = (models: readonly HospitalMetrics[]): ModelSummary => ({
	auc: spread(models.map(({ pooled }) => pooled.auc.value)),
	accuracy: spread(models.map(({ pooled }) => pooled.accuracy.value)),
	balancedAccuracy: spread(models.map(({ pooled }) => pooled.balancedAccuracy.value)),
	brier: spread(models.map(({ pooled }) => pooled.brier.value)),
	ece: spread(models.map(({ pooled }) => pooled.ece)),
	worstAuc: spread(models.map(({ perHospital, worst }) => (worst === null ? null : perHospital[worst]?.auc.value))),
});

export const partitionText = (partition: Partition): string =>
	partition.kind === "dirichlet" ? `dirichlet:${partition.alpha}` : partition.kind;

export const makeReport = ({
	study,
	data,
	testSamples,
	partition,
	seeds,
	startedAt,
}: {
	readonly study: Study;
	readonly data: string;
	readonly testSamples: number;
	readonly partition: string;
	readonly seeds: readonly SeedReport[];
	/** Of performance.now(). */
	readonly startedAt: number;
}): SimulationReport => {
	const rounds = seeds[0]?.rounds ?? [];
	const baselines = seeds.flatMap((seed) => (seed.baselines === null ? [] : [seed.baselines]));
	const isCompared = baselines.length > 0;
	const seconds = (performance.now() - startedAt) / 1000;
	const steps = seeds.reduce((sum, seed) => sum + seed.steps, 0);
	const trainingSeconds = seeds.reduce((sum, seed) => sum + seed.trainingSeconds, 0);
	return {
		version: 1,
		kind: "simulation",
		proven: false,
		notice: NOT_PROVEN,
		startedAt: new Date(performance.timeOrigin + startedAt).toISOString(),
		seconds,
		machine: { cpu: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length, node: process.version },
		study,
		definitionDigest: contentDigest(encodeStudy(study)).hex,
		data,
		testSamples,
		partition,
		hospitals: seeds[0]?.classCounts.length ?? 0,
		seeds,
		summary: {
			rounds: rounds.map(({ round }, index) => ({
				round,
				fixed: summarize(seeds.flatMap((seed) => seed.rounds[index]?.evaluation ?? [])),
				float: isCompared ? summarize(seeds.flatMap((seed) => seed.rounds[index]?.float ?? [])) : null,
			})),
			local: isCompared ? summarize(baselines.flatMap(({ local }) => local)) : null,
			central: isCompared ? summarize(baselines.map(({ central }) => central)) : null,
			stepsPerSecond: trainingSeconds > 0 ? steps / trainingSeconds : 0,
		},
	};
};
