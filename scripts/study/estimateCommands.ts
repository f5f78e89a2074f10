/** `npm run study -- estimate` and `npm run study -- check`. */
import { Command, InvalidArgumentError } from "commander";
import { measureProvingSpeed } from "../../worker/adapters/prover/speed.ts";
import { closeProver } from "../../worker/adapters/prover.ts";
import { readStudyFile } from "../../worker/adapters/studyFile.ts";
import { budgetProblems, requireWithinBudget } from "../../worker/core/estimate/budget.ts";
import { estimateStudy, mostSamples } from "../../worker/core/estimate/estimateStudy.ts";
import { leastDataset, leastUpdates } from "../../worker/protocol/developmentChain.ts";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { leastSamples, type Study } from "../../worker/protocol/study.ts";
import { estimateText } from "./estimateText.ts";

/** Any chain that is no development chain. */
const PUBLIC_CHAIN = 1;

const count = (least: number, most: number) => (text: string) => {
	const value = Number(text);
	if (/^\d+$/.test(text) && value >= least && value <= most) return value;
	throw new InvalidArgumentError(`A whole number from ${least} to ${most}.`);
};

type Options = { readonly hospitals?: number; readonly samples?: number; readonly json?: boolean };

const requireSamples = (study: Study, samples: number | undefined): void => {
	const least = leastSamples(study);
	if (samples === undefined || (samples >= least && samples <= mostSamples(study))) return;
	throw new DecentraHealthError("CONFIG_INVALID", {
		message: `--samples ${samples}: a hospital of this study trains on ${least} to ${mostSamples(study)} samples (minSamples and minBatches to batchSize 2^datasetDepth)`,
		nextStep: "Give a number in this range, or change these fields of the study.",
	});
};

const estimate = async (file: string, { hospitals, samples, json = false }: Options): Promise<void> => {
	const study = await readStudyFile(file);
	requireSamples(study, samples);
	const speed = await measureProvingSpeed().finally(closeProver);
	const result = estimateStudy(study, { speed, hospitals, samples });
	const problems = budgetProblems(study);
	process.stdout.write(json ? `${JSON.stringify({ ...result, problems })}\n` : `${estimateText(result)}\n`);
	if (problems.length > 0) requireWithinBudget(study);
};

export const estimateCommand = (): Command =>
	new Command("estimate")
		.description("what a study costs to prove, before anything is compiled")
		.argument("<file>", "a study's file, or the name of one in studies/")
		.option("--hospitals <n>", "hospitals in a round (default: the study's minUpdates)", count(1, 64))
		.option("--samples <n>", "training samples of each hospital (default: a full data set)", count(1, 1_000_000))
		.option("--json", "print one JSON object")
		.action(estimate);

/** Fields that are below what the contracts accept off development chains. */
const lowFloors = (study: Study): readonly string[] => {
	const least = { minUpdates: leastUpdates(PUBLIC_CHAIN), ...leastDataset(PUBLIC_CHAIN) };
	return (["minUpdates", "minSamples", "minBatches"] as const).filter((field) => study[field] < least[field]);
};

const check = async (file: string, { json = false }: Pick<Options, "json">): Promise<void> => {
	const study = await readStudyFile(file);
	requireWithinBudget(study);
	const { name, title } = study;
	const low = lowFloors(study);
	if (json) {
		process.stdout.write(
			`${JSON.stringify({ ok: true, name, leastSamples: leastSamples(study), developmentOnly: low })}\n`,
		);
		return;
	}
	process.stdout.write(
		`${name}: a valid study ("${title}"), within the budget; a hospital brings at least ${leastSamples(study)} rows\n`,
	);
	if (low.length > 0) process.stdout.write(`Only development chains accept its ${low.join(", ")}.\n`);
};

export const checkCommand = (): Command =>
	new Command("check")
		.description("whether a study's file is valid and within the budget of what can be proven")
		.argument("<file>", "a study's file, or the name of one in studies/")
		.option("--json", "print one JSON object")
		.action(check);
