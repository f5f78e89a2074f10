/** The model card as Markdown. */

import { MODEL_FILE } from "../../worker/adapters/tensorflow/layersModelFiles.ts";
import type { Estimate } from "../../worker/core/metrics/estimate.ts";
import type { ModelCard } from "./card.ts";

const number = (value: number | null): string => (value === null ? "n/a" : value.toFixed(3));

const estimate = ({ value, interval }: Estimate): string =>
	interval === null ? number(value) : `${number(value)} (95 %: ${number(interval.low)} to ${number(interval.high)})`;

/** Cells come from a study's file: nothing in them may end the cell or start markup. */
const cell = (text: string): string => text.replaceAll(/[\\|<>`*_[\]]/g, "\\$&").replaceAll(/\s+/g, " ");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[head, head.map(() => "---"), ...rows.map((row) => row.map(cell))]
		.map((cells) => `| ${cells.join(" | ")} |`)
		.join("\n");

const preprocessingText = ({ preprocessing, input }: ModelCard["study"]["definition"]): string => {
	if (preprocessing.kind === "table") {
		return `${preprocessing.columns.length} columns of a table, each clamp(round(128 + 128 (x - mean) / (${preprocessing.sigmas} deviation)), 0, 255) with the mean and deviation that the study publishes, in the order ${preprocessing.columns.map(({ name }) => cell(name)).join(", ")}`;
	}
	const { crop, window, scaling } = preprocessing;
	const parts = [
		crop === "centre-square" ? "the largest square around the centre" : "the whole image",
		`resized to ${input.height} x ${input.width}, ${input.channels === 1 ? "grey" : "red, green and blue"}`,
		...(window === undefined ? [] : [`DICOM window ${window.centre} / ${window.width}`]),
		...(scaling === undefined
			? []
			: [`grey values scaled by mean ${scaling.mean}, deviation ${scaling.deviation}, ${scaling.sigmas} sigmas`]),
	];
	return parts.join("; ");
};

const evaluationText = ({ evaluation, study }: ModelCard): string => {
	if (evaluation === null) return "Not evaluated: no data were given (`--data FILE`).";
	const { metrics, file, split } = evaluation;
	const { classes } = study.definition;
	const multi = classes.length > 2;
	return [
		`${metrics.sampleCount} samples of ${cell(file)}${split === null ? "" : `, split ${cell(split)}`}, predicted in fixed point.`,
		"",
		table(
			["measure", "value"],
			[
				[multi ? "AUC, mean of one class against the rest" : `AUC of ${classes[1]}`, estimate(metrics.auc)],
				["accuracy", estimate(metrics.accuracy)],
				["balanced accuracy", estimate(metrics.balancedAccuracy)],
				...classes.map((name, label) => [
					`recognized of ${name}`,
					estimate(metrics.sensitivity[label] ?? { value: null, interval: null, reason: null }),
				]),
				["Brier score", estimate(metrics.brier)],
				["expected calibration error", number(metrics.ece)],
			],
		),
		"",
		table(
			["truth \\ prediction", ...classes.map(cell)],
			classes.map((name, label) => [name, ...(metrics.confusion[label] ?? []).map(String)]),
		),
	].join("\n");
};

const lineageText = ({ lineage }: ModelCard): string =>
	table(
		["model", "round", "hospitals (samples)", "commitment", "object"],
		lineage.map(({ modelId, round, commitment, cid }) => [
			modelId,
			round === undefined ? "initial" : round.roundId,
			round === undefined ? "" : round.hospitals.map(({ address, samples }) => `${address} (${samples})`).join(", "),
			commitment,
			cid,
		]),
	);

export const cardMarkdown = (card: ModelCard): string => {
	const { study, model, chain, audit, agreement, limits, lineage } = card;
	const { definition } = study;
	const rounds = lineage.filter(({ round }) => round !== undefined);
	return `# ${cell(definition.title)}

**Not for clinical use.** ${card.intendedUse}

Model ${model.modelId} of study ${study.studyId} (${definition.name}), trained in ${rounds.length} proven rounds.

## Use

\`${MODEL_FILE}\` and its weights are a TensorFlow.js LayersModel: \`tf.loadLayersModel(".../${MODEL_FILE}")\`.
Input: shape [batch, ${definition.input.height}, ${definition.input.width}, ${definition.input.channels}], each value \`(byte - 128) / 128\` of the preprocessed byte.
Output: ${definition.loss === "binary-cross-entropy" ? `the probability of "${cell(definition.classes[1] ?? "1")}"` : `one probability for each of ${definition.classes.map(cell).join(", ")}`}.
The file \`model-card.json\` holds all of this page's facts and the whole study.

## Data

Preprocessing: ${preprocessingText(definition)}.
Rows never left the hospitals; their number is what each one committed to:

${table(
	["hospital", "samples in the last round", "rounds"],
	[...new Set(rounds.flatMap(({ round }) => round?.hospitals.map(({ address }) => address) ?? []))].map((address) => [
		address,
		String(lineage.at(-1)?.round?.hospitals.find((one) => one.address === address)?.samples ?? "not in it"),
		String(rounds.filter(({ round }) => round?.hospitals.some((one) => one.address === address)).length),
	]),
)}

## Training

${definition.optimizer.kind === "momentum" ? `SGD with momentum ${definition.optimizer.momentum}` : "SGD"}, learning rate ${definition.learningRate}, batches of ${definition.batchSize}, ${definition.epochs} epochs a round, ${definition.loss}; server: ${definition.serverOptimizer.kind}; ${model.weights} weights.

## Evaluation

${evaluationText(card)}

Exported floats against the fixed-point model: probabilities differ by at most ${agreement.largestDifference.toExponential(1)} on ${agreement.samples} ${agreement.inputs === "evaluation data" ? "samples of the evaluation data" : "seeded random inputs"}.

## Lineage

Chain ${chain.chainId}, RoundManager ${chain.roundManager}, up to block ${chain.block}. Study definition ${study.cid}.

${lineageText(card)}

Before the export, the whole study was audited: ${audit.ok} checks ok, ${audit.warnings} warnings, ${audit.skipped} skipped, none failed, up to block ${audit.block}.

## Limits

${limits.map((limit) => `- ${limit}`).join("\n")}
`;
};
