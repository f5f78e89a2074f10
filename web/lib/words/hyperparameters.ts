/** The study definition's hyperparameters beside what is proven or registered of each, and how. */
import type { RoundRecord, StudyRecord } from "../../../worker/core/ledger/state.ts";
import { networkOf } from "../../../worker/protocol/network.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { inputText, layersText, lossText, optimizerText, serverOptimizerText } from "./network.ts";
import { counted, integer, scaled } from "./numbers.ts";

/**
 * constant: part of the circuit, so of its verifying key, whose hash the study registered.
 * signal: a public signal of each proof, for which the contract puts in the registered value.
 * contract: a rule that the contract itself enforces with the registered value.
 * recomputed: not in a proof; members recompute it before they attest, and so does every audit.
 * none: nothing proves it.
 */
export type ProvenBy = "constant" | "signal" | "contract" | "recomputed" | "none";

export const PROVEN_BY: Readonly<Record<ProvenBy, string>> = {
	constant: "Constant of the circuit",
	signal: "Public signal",
	contract: "Rule of the contract",
	recomputed: "Recomputed",
	none: "Not proven",
};

export type Circuit = "train" | "encrypt" | "keySum";

export type Hyperparameter = {
	readonly label: string;
	/** By the study's definition; undefined: not known yet, or not in the definition. */
	readonly defined?: string;
	/** As registered on chain; undefined: only the verifying key holds it. */
	readonly onChain?: string;
	/** Whether both say the same; undefined when there are no two to compare. */
	readonly agrees?: boolean;
	readonly by: ProvenBy;
	readonly how: string;
	/** Whose verifying key holds it. */
	readonly circuit?: Circuit;
};

const rate = (learningRate: number): string => scaled(learningRate, fixedPoint.learningRateScaleBits);

const row = (
	label: string,
	by: ProvenBy,
	how: string,
	{ defined, onChain, circuit }: { defined?: string | undefined; onChain?: string | undefined; circuit?: Circuit },
): Hyperparameter => ({
	label,
	by,
	how,
	...(defined === undefined ? {} : { defined }),
	...(onChain === undefined ? {} : { onChain }),
	...(defined === undefined || onChain === undefined ? {} : { agrees: defined === onChain }),
	...(circuit === undefined ? {} : { circuit }),
});

const TRAIN_CONSTANT = "Training with another one has no proof under the study's training key.";

const trainingRows = ({ parameters }: StudyRecord, study: Study | undefined): readonly Hyperparameter[] => {
	const constant = (label: string, defined: string | undefined, onChain?: string, how = TRAIN_CONSTANT) =>
		row(label, "constant", how, { defined, onChain, circuit: "train" });
	return [
		constant("Input", study && inputText(study.input)),
		constant("Layers", study && layersText(study.layers)),
		constant("Loss", study && lossText(study)),
		constant("Optimizer", study && optimizerText(study.optimizer)),
		constant(
			"Batch size",
			study && integer(study.batchSize),
			integer(parameters.batchSize),
			"A leaf of the data set's tree is a batch of this size; the registry also counts samples as batches times it.",
		),
		constant(
			"Steps a segment",
			study && integer(study.stepsPerSegment),
			integer(parameters.stepsPerSegment),
			"A proof covers exactly this many steps; the contract numbers the segments' first steps by it.",
		),
		row("Learning rate", "signal", "The contract puts the registered rate into each training proof's public signals.", {
			// As the circuits' integer says it: the definition may have more digits.
			defined: study && rate(Math.round(study.learningRate * 2 ** fixedPoint.learningRateScaleBits)),
			onChain: rate(parameters.learningRate),
		}),
		row(
			"Epochs",
			"signal",
			"The public signal totalSteps is epochs times batches; the contract asks for the proofs of all of them.",
			{
				defined: study && integer(study.epochs),
				onChain: integer(parameters.epochs),
			},
		),
		constant(
			"Data set tree depth",
			study && integer(study.datasetDepth),
			integer(parameters.datasetDepth),
			`At most ${integer(2 ** parameters.datasetDepth)} batches; each batch is shown to be a leaf of the registered tree.`,
		),
	];
};

const roundRows = (round: RoundRecord | undefined): readonly Hyperparameter[] =>
	round === undefined
		? []
		: [
				row(
					"Starting model",
					"signal",
					"The first segment starts from the round's global model, each next one where the last one ended.",
					{
						onChain: `model ${round.baseModelId}`,
					},
				),
				row(
					"Order of batches",
					"signal",
					"Step k trains on batch (beacon + k) mod batches: the hospital can't choose it.",
					{
						onChain: `beacon ${integer(round.opening.beacon)}`,
					},
				),
			];

const encryptionRows = ({ parameters }: StudyRecord, study: Study | undefined): readonly Hyperparameter[] => [
	row("Weights", "constant", "The ciphertext holds exactly these many.", {
		defined: study && integer(networkOf(study).weightCount),
		onChain: integer(parameters.weightCount),
		circuit: "encrypt",
	}),
	row(
		"Bound on an update's norm",
		"constant",
		"Euclidean distance from the round's global model; an update further away has no proof.",
		{
			defined: study && (study.updateNormBound === undefined ? "none" : String(study.updateNormBound)),
			circuit: "encrypt",
		},
	),
	row(
		"Committee",
		"constant",
		"How the one-time key is shared; the contract waits for as many key sums and equal attestations.",
		{
			defined: study && `${study.committee.threshold} of ${study.committee.members}`,
			onChain: `${parameters.threshold} of ${parameters.members}`,
			circuit: "encrypt",
		},
	),
	row("Updates a key sum proof covers", "constant", "A larger frozen set takes several proofs.", {
		defined: study && integer(study.keySumSlots),
		onChain: integer(parameters.keySumSlots),
		circuit: "keySum",
	}),
	row("Fewest updates", "contract", "The contract freezes no smaller set.", {
		defined: study && integer(study.minUpdates),
		onChain: integer(parameters.minUpdates),
	}),
	row("Least data set", "contract", "The contract takes no commitment to fewer samples or batches.", {
		defined: study && leastDatasetText(study),
		onChain: leastDatasetText(parameters),
	}),
	row(
		"Server optimizer",
		"recomputed",
		"Integer arithmetic on the decrypted sum: members attest only to the model they recomputed, and the audit does it again.",
		{ defined: study && serverOptimizerText(study.serverOptimizer) },
	),
	row(
		"Preprocessing",
		"none",
		"Hospitals prepare their rows by the definition; the proofs begin with the prepared bytes.",
		{
			defined: study && preprocessingText(study.preprocessing),
		},
	),
];

const preprocessingText = (preprocessing: Study["preprocessing"]): string =>
	preprocessing.kind === "table" ? `table, ${counted(preprocessing.columns.length, "column")}` : "image";

/** @param study its definition, when it is there @param round for what a round fixes besides */
export const hyperparameters = (
	record: StudyRecord,
	study: Study | undefined,
	round?: RoundRecord,
): readonly Hyperparameter[] => [...trainingRows(record, study), ...roundRows(round), ...encryptionRows(record, study)];

const leastDatasetText = ({ minSamples, minBatches }: Pick<Study, "minSamples" | "minBatches">): string =>
	`${counted(minSamples, "sample")} in ${counted(minBatches, "batch", "batches")}`;
