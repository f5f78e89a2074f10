/** What a study's circuits are compiled with: the templates' parameters by name, circuits/circuits.json says which of them a template takes. */
import { networkOf } from "./network.ts";
import { blockRows, lossClasses } from "./networkRows.ts";
import { momentumInteger, normBoundInteger, type Study } from "./study.ts";

export type CircuitParameter = number | bigint | readonly CircuitParameter[];

/** As Circom writes it; the manifest of prepared circuits holds the same text. */
export const parameterText = (parameter: CircuitParameter): string =>
	typeof parameter === "object" ? `[${parameter.map(parameterText).join(", ")}]` : parameter.toString();

/** All parameters that any template takes. Two studies are proven with the same circuits exactly when these agree. */
export const circuitParameters = (study: Study): Readonly<Record<string, CircuitParameter>> => {
	const network = networkOf(study);
	return {
		blocks: blockRows(network),
		blockCount: network.blocks.length,
		classes: lossClasses(study),
		momentum: momentumInteger(study.optimizer),
		batchSize: study.batchSize,
		steps: study.stepsPerSegment,
		depth: study.datasetDepth,
		weightCount: network.weightCount,
		normBound: normBoundInteger(study),
		members: study.committee.members,
		threshold: study.committee.threshold,
		slots: study.keySumSlots,
	};
};
