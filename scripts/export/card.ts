/** A model card (Mitchell et al., FAccT 2019): what the model is, where it comes from, how good it is, and what it is not for. */
import type { ClassMetrics } from "../../worker/core/metrics/evaluateClasses.ts";
import type { Study } from "../../worker/protocol/study.ts";

/** An object on IPFS and what names it on chain. */
export type Named = { readonly digest: string; readonly cid: string };

export type LineageStep = Named & {
	readonly modelId: string;
	/** 0 for the initial model. */
	readonly parent: string;
	readonly commitment: string;
	/** Undefined for the initial model. */
	readonly round?: {
		readonly roundId: string;
		/** Of the frozen set: whose updates are in the model. */
		readonly hospitals: readonly { readonly address: string; readonly samples: number; readonly bundle: Named }[];
		readonly samples: number;
		readonly excluded: readonly string[];
		readonly attestations: number;
	};
};

export type ModelCard = {
	readonly version: 1;
	readonly intendedUse: string;
	readonly study: { readonly studyId: string; readonly definition: Study } & Named;
	readonly chain: {
		readonly chainId: number;
		readonly roundManager: string;
		readonly modelRegistry: string;
		readonly hospitalRegistry: string;
		/** Newest block that was read. */
		readonly block: string;
	};
	readonly model: Named & {
		readonly modelId: string;
		readonly commitment: string;
		readonly weights: number;
		/** Arrays of the server optimizer's state in the object. */
		readonly stateArrays: number;
	};
	/** From the initial model to this one. */
	readonly lineage: readonly LineageStep[];
	readonly audit: {
		readonly clean: true;
		readonly ok: number;
		readonly warnings: number;
		readonly skipped: number;
		readonly block: string;
		readonly seconds: number;
	};
	readonly evaluation: {
		readonly file: string;
		readonly split: string | null;
		/** Fixed point, as the protocol predicts. */
		readonly metrics: ClassMetrics;
	} | null;
	/** Between the exported floats and the fixed-point model. */
	readonly agreement: {
		readonly samples: number;
		readonly inputs: "evaluation data" | "seeded random inputs";
		readonly largestDifference: number;
	};
	readonly limits: readonly string[];
};

export const INTENDED_USE =
	"Research and demonstration. Not for clinical use: not a medical device, and not validated for any patient.";

export const limitsOf = ({
	development,
	evaluated,
	study,
}: {
	readonly development: boolean;
	readonly evaluated: boolean;
	readonly study: Study;
}): readonly string[] => [
	"The proofs show that each hospital trained by the study's rules on the rows it had committed to. They do not show that those rows are true, complete or representative.",
	evaluated
		? "The evaluation's rows are the exporter's own: nothing proves that no hospital trained on them."
		: "No evaluation data were given: this card says nothing about how good the model is.",
	"Who may join, and who sits on the committee, is the consortium's own decision; t colluding members could open single updates.",
	study.updateNormBound === undefined
		? "The study bounds no update's norm: a hospital with wrong rows can move the model as far as training on them does."
		: `Each update's norm was proven to be at most ${study.updateNormBound}.`,
	"The exported floats are the committed weights exactly; the protocol's own prediction rounds them and the activations further, which is why the two differ slightly.",
	...(development
		? ["This is a development chain with development keys: whoever made the keys could forge proofs."]
		: []),
];
