/** The HospitalRegistry's errors in plain words. */
import type { hospitalRegistryAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted } from "../words/numbers.ts";
import { REPORT, type RevertTexts } from "./revertTexts.ts";

export const ownableErrors = {
	OwnableInvalidOwner: ([owner]: readonly [string]) => ({
		title: "This address can't be the coordinator",
		detail: `${owner} can't own the contracts.`,
		nextStep: "Name another address.",
	}),
	OwnableUnauthorizedAccount: ([account]: readonly [string]) => ({
		title: "Only the coordinator may do this",
		detail: `${account} is not the coordinator of these contracts.`,
		nextStep: "Connect the coordinator's wallet.",
	}),
};

export const registryErrors: RevertTexts<typeof hospitalRegistryAbi> = {
	...ownableErrors,
	HospitalRegistry__ZeroAddress: () => ({
		title: "No address is given",
		detail: "The zero address can't take part.",
		nextStep: "Enter the wallet address that the participant gave you.",
	}),
	HospitalRegistry__AlreadyHospital: ([hospital]) => ({
		title: "This hospital is admitted already",
		detail: `${hospital} is an admitted hospital.`,
		nextStep: "Nothing is left to do: reload the page if it does not show it.",
	}),
	HospitalRegistry__NotHospital: ([hospital]) => ({
		title: "This wallet is not an admitted hospital",
		detail: `${hospital} has not been admitted, or was removed.`,
		nextStep: "Give this address to the coordinator and ask to be admitted.",
	}),
	HospitalRegistry__Barred: ([hospital]) => ({
		title: "This hospital is barred",
		detail: `An earlier update of ${hospital} was shown not to be what its proof says.`,
		nextStep: "The coordinator has to lift the bar; find out first why the update was wrong.",
	}),
	HospitalRegistry__NotBarred: ([hospital]) => ({
		title: "This hospital is not barred",
		detail: `There is no bar on ${hospital} to lift.`,
		nextStep: "Admit it in the ordinary way if it is not admitted.",
	}),
	HospitalRegistry__AlreadyMember: ([member]) => ({
		title: "This member is admitted already",
		detail: `${member} is an admitted committee member.`,
		nextStep: "Nothing is left to do: reload the page if it does not show it.",
	}),
	HospitalRegistry__NotMember: ([member]) => ({
		title: "This wallet is not an admitted committee member",
		detail: `${member} has not been admitted, or was removed.`,
		nextStep: "Give this address to the coordinator and ask to be admitted.",
	}),
	HospitalRegistry__NotFieldElement: ([value]) => ({
		title: "A number is too large",
		detail: `${value} is no element of the field that the proofs are made in.`,
		nextStep: REPORT,
	}),
	HospitalRegistry__PointNotOnCurve: ([x, y]) => ({
		title: "The share key is not valid",
		detail: `The point (${x}, ${y}) is not on the curve BabyJubJub.`,
		nextStep: "Let your worker prepare the registration again; if that does not help, make a new keystore.",
	}),
	HospitalRegistry__KeyNotEightQ: ([x, y]) => ({
		title: "The share key is not valid",
		detail: `(${x}, ${y}) is not shown to lie in the subgroup that keys have to be in.`,
		nextStep: "Let your worker prepare the registration again from the key in its keystore.",
	}),
	HospitalRegistry__KeyIsIdentity: () => ({
		title: "The share key is not valid",
		detail: "The identity point is no key: anybody could open what is encrypted to it.",
		nextStep: "Make a new keystore for the worker.",
	}),
	HospitalRegistry__ShareKeyTaken: ([member]) => ({
		title: "Another member has this share key",
		detail: `${member} registered the same share key before.`,
		nextStep: "Each member needs a keystore of its own. If nobody copied yours, tell the coordinator at once.",
	}),
	HospitalRegistry__BatchCount: ([batches, most]) => ({
		title: "The data set has too many or too few batches",
		detail: `It has ${counted(batches, "batch", "batches")}; the study allows 1 to ${most}.`,
		nextStep: "Use a part of the rows, or a study with a larger data set depth.",
	}),
	HospitalRegistry__SampleCount: ([samples, required]) => ({
		title: "The data set's counts do not fit together",
		detail: `${counted(samples, "sample")} are named, and the batches hold ${required}.`,
		nextStep: "Let your worker prepare the commitment again for this study.",
	}),
	HospitalRegistry__TooFewSamples: ([samples, least]) => ({
		title: "The data set is too small",
		detail: `It has ${counted(samples, "sample")}; the study takes no hospital with fewer than ${least}.`,
		nextStep: "Bring more rows: what few rows change in a model tells much of each of them.",
	}),
	HospitalRegistry__TooFewBatches: ([batches, least]) => ({
		title: "The data set is too small",
		detail: `It has ${counted(batches, "batch", "batches")}; the study takes no hospital with fewer than ${least}.`,
		nextStep: "Bring more rows: what few rows change in a model tells much of each of them.",
	}),
	HospitalRegistry__TooManySamples: ([samples, most]) => ({
		title: "The data set is too large",
		detail: `It has ${counted(samples, "sample")}; a whole round may have ${most}.`,
		nextStep: "Use a part of the rows.",
	}),
	HospitalRegistry__RoundManagerAlreadySet: ([roundManager]) => ({
		title: "The contracts are connected already",
		detail: `The round manager is ${roundManager}, once for ever.`,
		nextStep: "Nothing is left to do.",
	}),
	HospitalRegistry__NotRoundManager: ([caller]) => ({
		title: "Only the round manager may do this",
		detail: `${caller} is not the round manager.`,
		nextStep: REPORT,
	}),
};
