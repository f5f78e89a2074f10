/** Whether a study can be proven at all: in a domain that snarkjs handles, in a workstation's memory, with transactions that a chain takes. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { NetworkError } from "../../protocol/network.ts";
import { MOST_SEGMENTS, type Study } from "../../protocol/study.ts";
import type { ProvingSpeed } from "./circuit.ts";
import { estimateStudy, type StudyEstimate } from "./estimateStudy.ts";
import { MOST_TRANSACTION_GAS } from "./gas.ts";

export const BUDGET = {
	/** log2 of the largest evaluation domain. */
	domainPower: 20,
	/** Of a proving process. */
	memoryBytes: 6 * 2 ** 30,
	/** All proofs of an update are in one transaction. */
	segments: MOST_SEGMENTS,
	transactionGas: MOST_TRANSACTION_GAS,
} as const;

export type Problem = {
	/** Path in the study's file: "stepsPerSegment", "layers.0.filters". */
	readonly field: string;
	readonly value: number;
	/** What it leads to, against what is allowed. */
	readonly estimate: string;
	/** Values of that field, others unchanged, that would fit; or what else to do. */
	readonly fits: string;
};

/** Sizes do not depend on it. */
const NO_SPEED: ProvingSpeed = { secondsPerConstraint: 0, source: "" };

const sizeOf = (study: Study): StudyEstimate | undefined => {
	try {
		return estimateStudy(study, { speed: NO_SPEED });
	} catch (error) {
		// A variant whose layers do not fit together.
		if (error instanceof NetworkError) return undefined;
		throw error;
	}
};

const trainingFits = (study: Study): boolean => {
	const train = sizeOf(study)?.circuits.train;
	return train !== undefined && train.domainPower <= BUDGET.domainPower && train.memoryBytes <= BUDGET.memoryBytes;
};

type Knob = { readonly field: string; readonly value: number; readonly variant: (value: number) => Study };

const withLayer = (study: Study, index: number, layer: Study["layers"][number]): Study => ({
	...study,
	layers: study.layers.with(index, layer),
});

/** The widths of hidden layers; the last one's is the number of logits. */
const widths = (study: Study): readonly Knob[] =>
	study.layers.flatMap((layer, index): readonly Knob[] => {
		if (layer.kind === "conv2d") {
			const variant = (filters: number) => withLayer(study, index, { ...layer, filters });
			return [{ field: `layers.${index}.filters`, value: layer.filters, variant }];
		}
		if (layer.kind === "dense" && index < study.layers.length - 1) {
			const variant = (units: number) => withLayer(study, index, { ...layer, units });
			return [{ field: `layers.${index}.units`, value: layer.units, variant }];
		}
		return [];
	});

/** The largest smaller value that fits. */
const largestFitting = ({ value, variant }: Knob): number | undefined => {
	for (let smaller = value - 1; smaller >= 1; smaller--) if (trainingFits(variant(smaller))) return smaller;
	return undefined;
};

const trainingProblem = (study: Study, { circuits: { train } }: StudyEstimate): readonly Problem[] => {
	if (train.domainPower <= BUDGET.domainPower && train.memoryBytes <= BUDGET.memoryBytes) return [];
	const estimate =
		`a training proof of ${train.constraints.toLocaleString("en-US")} constraints needs a domain of 2^${train.domainPower} and ` +
		`${(train.memoryBytes / 2 ** 30).toFixed(1)} GiB; allowed are 2^${BUDGET.domainPower} and ${BUDGET.memoryBytes / 2 ** 30} GiB`;
	const { stepsPerSegment } = study;
	const steps: Knob = {
		field: "stepsPerSegment",
		value: stepsPerSegment,
		variant: (value) => ({ ...study, stepsPerSegment: value }),
	};
	const fewer = largestFitting(steps);
	if (fewer !== undefined) {
		const depth = Math.floor(Math.log2((fewer * BUDGET.segments) / study.epochs));
		const smallerTree = depth < study.datasetDepth ? `, with datasetDepth at most ${depth}` : "";
		return [{ field: steps.field, value: stepsPerSegment, estimate, fits: `${fewer} or fewer${smallerTree}` }];
	}
	// Not even one step fits: the layer whose width matters most, at one step.
	const single: Study = { ...study, stepsPerSegment: 1 };
	const candidates = widths(single)
		.map((knob) => ({ knob, least: sizeOf(knob.variant(1))?.circuits.train.constraints ?? Number.POSITIVE_INFINITY }))
		.sort((a, b) => a.least - b.least);
	const [widest] = candidates;
	const field = widest?.knob.field ?? "input";
	const value = widest?.knob.value ?? study.input.height;
	const smaller = widest === undefined ? undefined : largestFitting(widest.knob);
	const fits =
		smaller === undefined
			? "no width of this layer: a smaller input, a larger stride, pooling, or a smaller batchSize"
			: `${smaller} or fewer, with stepsPerSegment 1`;
	return [{ field, value, estimate: `even one step a segment is too much: ${estimate}`, fits }];
};

/** What is over the budget; nothing when the study can be proven. */
export const budgetProblems = (study: Study): readonly Problem[] => {
	const estimate = estimateStudy(study, { speed: NO_SPEED });
	const { segments, gas, circuits } = estimate;
	const problems = [...trainingProblem(study, estimate)];
	if (segments > BUDGET.segments || gas.submission > BUDGET.transactionGas) {
		problems.push({
			field: "stepsPerSegment",
			value: study.stepsPerSegment,
			estimate: `a full data set has ${segments} segments in a transaction of ${gas.submission.toLocaleString("en-US")} gas; allowed are ${BUDGET.segments} and ${BUDGET.transactionGas.toLocaleString("en-US")}`,
			fits: `${Math.ceil((study.epochs * 2 ** study.datasetDepth) / BUDGET.segments)} or more, or a smaller datasetDepth`,
		});
	}
	for (const [circuit, field, value] of [
		[circuits.encrypt, "committee.members", study.committee.members],
		[circuits.keySum, "keySumSlots", study.keySumSlots],
	] as const) {
		if (circuit.domainPower <= BUDGET.domainPower && circuit.memoryBytes <= BUDGET.memoryBytes) continue;
		const needed = `${circuit.kind} of ${circuit.constraints} constraints needs a domain of 2^${circuit.domainPower}`;
		problems.push({ field, value, estimate: needed, fits: "fewer" });
	}
	return problems;
};

/** @throws DecentraHealthError STUDY_OVER_BUDGET naming field, value, estimate and what would fit */
export const requireWithinBudget = (study: Study): void => {
	const problems = budgetProblems(study);
	if (problems.length === 0) return;
	throw new DecentraHealthError("STUDY_OVER_BUDGET", {
		message: `the study "${study.name}" can't be proven:\n${problems
			.map(({ field, value, estimate, fits }) => `  ${field} = ${value}: ${estimate}. What fits: ${fits}.`)
			.join("\n")}`,
		nextStep: "Change the study's file and look again: `npm run study -- estimate FILE` takes a second.",
	});
};
