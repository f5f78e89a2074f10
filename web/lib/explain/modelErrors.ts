/** The ModelRegistry's errors in plain words. */
import { type Hex, hexToString } from "viem";
import type { modelRegistryAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted } from "../words/numbers.ts";
import { ownableErrors } from "./registryErrors.ts";
import { REPORT, type RevertTexts } from "./revertTexts.ts";

/** Left-aligned ASCII in 32 bytes. */
const fieldName = (field: Hex): string => hexToString(field, { size: 32 }).replaceAll(/[^\x20-\x7e]/g, "");

export const modelErrors: RevertTexts<typeof modelRegistryAbi> = {
	...ownableErrors,
	ModelRegistry__ZeroAddress: () => ({
		title: "An address is missing",
		detail: "A contract address of the study is zero.",
		nextStep: "Deploy the study's verifiers first, then create the study with their addresses.",
	}),
	ModelRegistry__NoStudy: ([studyId]) => ({
		title: "There is no such study",
		detail: `No study has the number ${studyId} on this chain.`,
		nextStep: "Check that the page and the worker use the same chain and contracts.",
	}),
	ModelRegistry__NoModel: ([modelId]) => ({
		title: "There is no such model",
		detail: `No model has the number ${modelId} on this chain.`,
		nextStep: "Check that the page and the worker use the same chain and contracts.",
	}),
	ModelRegistry__Name: ([, studyId]) => ({
		title: "The study's name can't be used",
		detail: studyId === 0n ? "The study has no name." : `Study ${studyId} has this name already.`,
		nextStep: "Use the study that exists, or give the new one another name.",
	}),
	ModelRegistry__ZeroDigest: () => ({
		title: "A digest is missing",
		detail: "The study's definition or its initial model has no digest.",
		nextStep: "Publish both, then create the study with their digests.",
	}),
	ModelRegistry__NotVerifier: ([verifier]) => ({
		title: "A verifier contract is not usable",
		detail: `${verifier} is not a verifier contract of the kind that is needed here.`,
		nextStep: "Deploy the verifiers of the study's package, and name them in the right places.",
	}),
	ModelRegistry__DevelopmentVerifier: ([verifier, chainId]) => ({
		title: "Development keys are not allowed on this chain",
		detail: `The keys of ${verifier} were made on one machine, which could forge proofs; chain ${chainId} is no development chain.`,
		nextStep: "Make the proving keys in a ceremony with several contributors.",
	}),
	ModelRegistry__Committee: ([members, threshold]) => ({
		title: "The committee's numbers do not fit",
		detail: `${threshold} of ${members} is not allowed: 2 to 7 members, and more than half of them to open.`,
		nextStep: "Correct the committee in the study's file and package it again.",
	}),
	ModelRegistry__MinUpdates: ([minUpdates, least, most]) => ({
		title: "The fewest updates of a round are out of range",
		detail: `${minUpdates} is not from ${least} to ${most}, which is what this chain and the encryption allow.`,
		nextStep: "Correct minUpdates in the study's file and package it again.",
	}),
	ModelRegistry__OutOfRange: ([field, value, least, most]) => ({
		title: "A number of the study is out of range",
		detail: `${fieldName(field)} is ${value}; allowed are ${least} to ${most}.`,
		nextStep: "Correct it in the study's file and package it again.",
	}),
	ModelRegistry__BatchSize: ([batchSize]) => ({
		title: "The batch size is not a power of two",
		detail: `It is ${counted(batchSize, "sample")}.`,
		nextStep: "Choose 1, 2, 4, 8, 16 or 32 in the study's file and package it again.",
	}),
	ModelRegistry__NotFieldElement: ([value]) => ({
		title: "A number is too large",
		detail: `${value} is no element of the field that the proofs are made in.`,
		nextStep: REPORT,
	}),
	ModelRegistry__RoundManagerAlreadySet: ([roundManager]) => ({
		title: "The contracts are connected already",
		detail: `The round manager is ${roundManager}, once for ever.`,
		nextStep: "Nothing is left to do.",
	}),
	ModelRegistry__NotRoundManager: ([caller]) => ({
		title: "Only the round manager may do this",
		detail: `${caller} is not the round manager.`,
		nextStep: REPORT,
	}),
	ModelRegistry__StaleParent: ([parent, current]) => ({
		title: "The model has moved on",
		detail: `Model ${parent} is not the study's current one any more; that is model ${current}.`,
		nextStep: "Reload the page and look at the study's newest round.",
	}),
};
