/** The RoundManager's errors in plain words: what comes before and in the submission of updates. The others are in committeeErrors.ts. */
import type { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted } from "../words/numbers.ts";
import { duration, utc } from "../words/time.ts";
import { committeeErrors } from "./committeeErrors.ts";
import { ownableErrors } from "./registryErrors.ts";
import { REPORT, type RevertTexts } from "./revertTexts.ts";

/** Phase of RoundTypes.sol. */
const PHASES = ["does not exist", "is open", "is frozen", "is opened", "is finalized", "has failed"] as const;

export const roundErrors: RevertTexts<typeof roundManagerAbi> = {
	...ownableErrors,
	...committeeErrors,
	RoundManager__ZeroAddress: () => ({
		title: "An address is missing",
		detail: "The zero address can't take part.",
		nextStep: "Fill in all addresses.",
	}),
	RoundManager__WrongPhase: ([roundId, phase]) => ({
		title: "The round is in another phase",
		detail: `Round ${roundId} ${PHASES[phase] ?? "is in an unknown phase"}.`,
		nextStep: "Nothing was changed. The page shows what is due now.",
	}),
	RoundManager__RoundActive: ([studyId, roundId]) => ({
		title: "The study has a round that has not ended",
		detail: `Round ${roundId} of study ${studyId} is still going on.`,
		nextStep:
			"Wait until it ends. Before its set is frozen the coordinator may cancel it; afterwards it can only finish.",
	}),
	RoundManager__StudyClosed: ([studyId]) => ({
		title: "The study is closed for good",
		detail: `A round of study ${studyId} could not be finished after its set was frozen, so no round of it follows.`,
		nextStep: "Create a new study: it begins with other weights.",
	}),
	RoundManager__Duration: ([seconds, least, most]) => ({
		title: "A time is out of range",
		detail: `${duration(Number(seconds))} is given for a phase; allowed are ${duration(Number(least))} to ${duration(Number(most))}.`,
		nextStep: "Correct the times of the phases.",
	}),
	RoundManager__CommitteeSize: ([actual, required]) => ({
		title: "The committee has the wrong size",
		detail: `${counted(actual, "member")} named; the study's committees have ${required}.`,
		nextStep: "Choose exactly as many members as the study says.",
	}),
	RoundManager__NotAdmittedMember: ([member]) => ({
		title: "A member is not admitted",
		detail: `${member} is no admitted committee member.`,
		nextStep: "Admit it first, or choose another member.",
	}),
	RoundManager__NoShareKey: ([member]) => ({
		title: "A member has no share key",
		detail: `${member} is admitted and has not registered its share key.`,
		nextStep: "Ask it to join on the committee page, or choose another member.",
	}),
	RoundManager__DuplicateMember: ([member]) => ({
		title: "A member is named twice",
		detail: `${member} can have one seat only.`,
		nextStep: "Choose another member for one of the seats.",
	}),
	RoundManager__TooFewHospitals: ([committed, minUpdates]) => ({
		title: "Too few hospitals have committed data",
		detail: `${committed} of at least ${minUpdates} have.`,
		nextStep: "Wait until more hospitals have committed their data sets, then open the round.",
	}),
	RoundManager__DeadlinePassed: ([roundId, deadline]) => ({
		title: "The deadline has passed",
		detail: `The time for this in round ${roundId} ended at ${utc(deadline)}.`,
		nextStep: "The round can be frozen or failed now; take part in the next one.",
	}),
	RoundManager__DeadlineNotPassed: ([roundId, deadline]) => ({
		title: "The deadline has not passed yet",
		detail: `Round ${roundId} has time until ${utc(deadline)}.`,
		nextStep: "Wait until then.",
	}),
	RoundManager__NotHospital: ([caller]) => ({
		title: "This wallet is not an admitted hospital",
		detail: `${caller} has not been admitted, or was removed.`,
		nextStep: "Give this address to the coordinator and ask to be admitted, or connect the hospital's wallet.",
	}),
	RoundManager__NoDataset: ([hospital, registeredAt, openedAtBlock]) => ({
		title: "The data set does not count for this round",
		detail:
			registeredAt === 0n
				? `${hospital} has committed no data set in this study.`
				: `${hospital} committed its data in block ${registeredAt}, and the round was opened in block ${openedAtBlock}.`,
		nextStep: "Take part in the next round: a commitment counts for rounds opened after it.",
	}),
	RoundManager__AlreadySubmitted: ([roundId]) => ({
		title: "Your update is accepted already",
		detail: `Round ${roundId} has this hospital's update.`,
		nextStep: "Nothing is left to do in this round.",
	}),
	RoundManager__ZeroDigest: () => ({
		title: "A digest is missing",
		detail: "An object on IPFS is named by a digest of zeros.",
		nextStep: "Let your worker prepare the transaction again.",
	}),
	RoundManager__SegmentCount: ([actual, required]) => ({
		title: "The number of training proofs is wrong",
		detail: `${actual} are given; your data set needs ${required}.`,
		nextStep: "Let your worker prove the round again; check that it uses the data set that is committed.",
	}),
	RoundManager__TooManyUpdates: ([most]) => ({
		title: "The round is full",
		detail: `It has ${counted(most, "update")}, the most that are possible.`,
		nextStep: "Take part in the next round.",
	}),
	RoundManager__TooManySamples: ([sampleSum, most]) => ({
		title: "The round is full",
		detail: `With your data set it would have ${counted(sampleSum, "sample")}; possible are ${most}.`,
		nextStep: "Take part in the next round.",
	}),
	RoundManager__UpdateProofInvalid: () => ({
		title: "A proof was refused",
		detail:
			"One of the update's proofs is not valid for this round, data set and model. They are checked together, so nobody can say which.",
		nextStep: "Check that the worker's circuits and proving keys are the study's, and let it prove again.",
	}),
	RoundManager__NotFieldElement: ([value]) => ({
		title: "A number is too large",
		detail: `${value} is no element of the field that the proofs are made in.`,
		nextStep: REPORT,
	}),
};
