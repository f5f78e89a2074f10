/** A study's file in words, and what its rounds will cost. */
import { BUDGET, budgetProblems, type Problem } from "../../../worker/core/estimate/budget.ts";
import type { ProvingSpeed } from "../../../worker/core/estimate/circuit.ts";
import { estimateStudy, mostSamples, type StudyEstimate } from "../../../worker/core/estimate/estimateStudy.ts";
import { leastUpdates } from "../../../worker/protocol/developmentChain.ts";
import { networkOf } from "../../../worker/protocol/network.ts";
import { leastSamples, type Study } from "../../../worker/protocol/study.ts";
import { inputText, layersText, lossText, optimizerText, serverOptimizerText } from "../words/network.ts";
import { counted, integer, listed } from "../words/numbers.ts";

/** docs/BENCHMARKS.md: three circuits of 145,000 constraints in 14.3 s. */
export const REFERENCE_SPEED: ProvingSpeed = {
	secondsPerConstraint: 1e-4,
	source: "two cores of a workstation, as in docs/BENCHMARKS.md; a machine with more cores is faster",
};

export type Row = { readonly label: string; readonly value: string; readonly help?: string };

const dataText = ({ preprocessing, classes }: Study): string => {
	const what =
		preprocessing.kind === "table"
			? `tables with ${counted(preprocessing.columns.length, "column")} and the label in "${preprocessing.labelColumn}"`
			: "images with a label each";
	return `${what}; the classes are ${listed(classes)}`;
};

/** @param chainId where it is to be created */
export const studyRows = (study: Study, chainId: number): readonly Row[] => {
	const { weightCount } = networkOf(study);
	const { members, threshold } = study.committee;
	return [
		{ label: "Name", value: study.name, help: "Unique on the chain: no other study can have it afterwards." },
		{ label: "About", value: study.title },
		{ label: "Data", value: dataText(study) },
		{
			label: "Network",
			value: `${inputText(study.input)} input; ${layersText(study.layers)}: ${counted(weightCount, "weight")}`,
		},
		{
			label: "Training",
			value: `${lossText(study)}, ${optimizerText(study.optimizer)}, learning rate ${study.learningRate}, ${counted(study.epochs, "epoch")} a round in batches of ${study.batchSize}`,
		},
		{ label: "Server optimizer", value: serverOptimizerText(study.serverOptimizer) },
		{
			label: "Data set of a hospital",
			value: `${integer(leastSamples(study))} to ${integer(mostSamples(study))} samples`,
			help: "Whole batches; rows beyond them are left out. Few rows would show in the change that they make to a model.",
		},
		{
			label: "Committee",
			value: `${members} members, of whom ${threshold} open a round`,
			help: `Any ${threshold} of them together could read a single hospital's update: choose parties that are independent of each other.`,
		},
		{
			label: "Fewest updates",
			value: integer(study.minUpdates),
			...(study.minUpdates < leastUpdates(chainId)
				? { help: `This chain's contracts refuse fewer than ${leastUpdates(chainId)}.` }
				: {}),
		},
		{
			label: "Hospitals",
			value:
				study.participants === undefined
					? "all that the coordinator admits"
					: `${study.participants.length} named in the study; members open no update of another`,
		},
		{
			label: "Bound on an update",
			value:
				study.updateNormBound === undefined
					? "none: any trained update passes"
					: `norm at most ${study.updateNormBound}, proven`,
		},
	];
};

const seconds = (value: number): string =>
	value < 120
		? `${value.toFixed(1)} s`
		: value < 7_200
			? `${(value / 60).toFixed(1)} min`
			: `${(value / 3_600).toFixed(1)} h`;
const bytes = (value: number): string =>
	value < 10_000
		? `${integer(value)} B`
		: value < 1e7
			? `${(value / 1e3).toFixed(1)} kB`
			: `${(value / 1e6).toFixed(1)} MB`;
const gibibytes = (value: number): string => `${(value / 2 ** 30).toFixed(1)} GiB`;

export type CircuitRow = {
	readonly name: string;
	readonly what: string;
	readonly constraints: string;
	readonly domain: string;
	readonly key: string;
	readonly memory: string;
	readonly proof: string;
	/** Whether it is within the limits. */
	readonly fits: boolean;
};

export type CostRow = {
	readonly label: string;
	readonly hospital: string;
	readonly member: string;
	readonly all: string;
};

export type EstimateView = {
	readonly estimate: StudyEstimate;
	readonly circuits: readonly CircuitRow[];
	readonly costs: readonly CostRow[];
	/** What is over a limit: none for a study that can be proven. */
	readonly problems: readonly Problem[];
	/** What was assumed. */
	readonly assumed: string;
};

const CIRCUITS = {
	train: ["TrainSegment", "one training proof"],
	encrypt: ["EncryptUpdate", "encryption and sharing"],
	keySum: ["KeySum", "a member's key sum"],
} as const;

/** @throws RangeError for numbers of hospitals or samples that the study can't have */
export const estimateView = (
	study: Study,
	options: { readonly hospitals?: number; readonly samples?: number } = {},
): EstimateView => {
	const estimate = estimateStudy(study, { speed: REFERENCE_SPEED, ...options });
	const { proofs, gas, hospitals, samples, segments } = estimate;
	return {
		estimate,
		circuits: (["train", "encrypt", "keySum"] as const).map((kind): CircuitRow => {
			const circuit = estimate.circuits[kind];
			const [name, what] = CIRCUITS[kind];
			return {
				name,
				what,
				constraints: integer(Math.round(circuit.constraints)),
				domain: `2^${circuit.domainPower}`,
				key: bytes(circuit.keyBytes),
				memory: gibibytes(circuit.memoryBytes),
				proof: seconds(circuit.provingSeconds),
				fits: circuit.domainPower <= BUDGET.domainPower && circuit.memoryBytes <= BUDGET.memoryBytes,
			};
		}),
		costs: [
			{
				label: "Proofs",
				hospital: integer(proofs.hospital),
				member: integer(proofs.member),
				all: integer(proofs.round),
			},
			{
				label: "Proving time",
				hospital: seconds(estimate.seconds.hospital),
				member: seconds(estimate.seconds.member),
				all: seconds(estimate.seconds.round),
			},
			{ label: "Gas", hospital: integer(gas.submission), member: integer(gas.keySum), all: integer(gas.round) },
			{
				label: "Bytes on IPFS",
				hospital: bytes(estimate.bytes.bundle),
				member: "0 B",
				all: bytes(estimate.bytes.round),
			},
		],
		problems: budgetProblems(study),
		assumed: `A round of ${counted(hospitals, "hospital")} with ${counted(samples, "training sample")} each (${counted(segments, "training proof")} a hospital).`,
	};
};

/** Seconds that the hospital with the largest data set takes to prove its update, at the reference speed; undefined without any. */
export const longestProving = (
	study: Study,
	datasets: ReadonlyMap<unknown, { readonly sampleCount: number }> | undefined,
): number | undefined => {
	const samples = Math.max(0, ...[...(datasets?.values() ?? [])].map(({ sampleCount }) => sampleCount));
	if (samples < leastSamples(study) || samples > mostSamples(study)) return undefined;
	return estimateStudy(study, { speed: REFERENCE_SPEED, samples }).seconds.hospital;
};
