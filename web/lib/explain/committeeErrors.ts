/** The RoundManager's errors about bundles, freezing, key sums, attestations and challenges in plain words. */
import type { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { shorten } from "../words/shorten.ts";
import { REPORT, type RevertTexts } from "./revertTexts.ts";

type CommitteeError =
	| "RoundManager__NothingConfirmed"
	| "RoundManager__AlreadyConfirmed"
	| "RoundManager__TooFewUpdates"
	| "RoundManager__EnoughUpdates"
	| "RoundManager__NotOnCommittee"
	| "RoundManager__AlreadyPosted"
	| "RoundManager__FrozenSetMismatch"
	| "RoundManager__KeySumLength"
	| "RoundManager__KeySumProofCount"
	| "RoundManager__KeySumMask"
	| "RoundManager__KeySumEvaluation"
	| "RoundManager__KeySumProofInvalid"
	| "RoundManager__AlreadyAttested"
	| "RoundManager__NotInFrozenSet"
	| "RoundManager__NoUpdate"
	| "RoundManager__EvaluationMismatch"
	| "RoundManager__BundleMismatch"
	| "RoundManager__UpdateConsistent";

const PROVE_AGAIN =
	"Let your worker prove the key sum again; check that its circuits and proving keys are the study's.";

export const committeeErrors: Pick<RevertTexts<typeof roundManagerAbi>, CommitteeError> = {
	RoundManager__NothingConfirmed: ([roundId]) => ({
		title: "No bundle is named",
		detail: `The confirmation for round ${roundId} names no update.`,
		nextStep: "Wait until your worker holds a bundle, then confirm.",
	}),
	RoundManager__AlreadyConfirmed: ([roundId, , position]) => ({
		title: "You have confirmed this bundle already",
		detail: `Update ${position} of round ${roundId} has your confirmation.`,
		nextStep: "Let your worker prepare the confirmation again for the bundles that are left.",
	}),
	RoundManager__TooFewUpdates: ([updates, minUpdates]) => ({
		title: "There are too few updates to freeze",
		detail: `${updates} count; at least ${minUpdates} are needed.`,
		nextStep: "Wait for more updates or confirmations; when checking is over, the round can be failed.",
	}),
	RoundManager__EnoughUpdates: ([updates, minUpdates]) => ({
		title: "The round has enough updates",
		detail: `${updates} count, and ${minUpdates} are needed: it is to be frozen, not failed.`,
		nextStep: "Freeze the round instead.",
	}),
	RoundManager__NotOnCommittee: ([roundId, caller]) => ({
		title: "This wallet is not on the round's committee",
		detail: `${caller} has no seat in round ${roundId}.`,
		nextStep: "Connect the wallet of a member that was seated when the round was opened.",
	}),
	RoundManager__AlreadyPosted: ([roundId]) => ({
		title: "Your key sum is posted already",
		detail: `Round ${roundId} has this member's key sum.`,
		nextStep: "Nothing is left to do until the attestation.",
	}),
	RoundManager__FrozenSetMismatch: ([roundId, given, actual]) => ({
		title: "The key sum is for another set of updates",
		detail: `It was made for the set ${shorten(given)}; round ${roundId} froze the set ${shorten(actual)}.`,
		nextStep:
			"Do not sign a second one: two sums would reveal one hospital's key. The chain was reorganized, or a node showed another chain. Leave this round to the other members.",
	}),
	RoundManager__KeySumLength: ([actual, required]) => ({
		title: "The key sum has the wrong length",
		detail: `It has ${actual} values; ${required} are needed.`,
		nextStep: PROVE_AGAIN,
	}),
	RoundManager__KeySumProofCount: ([actual, required]) => ({
		title: "The number of key sum proofs is wrong",
		detail: `${actual} are given; the frozen set needs ${required}.`,
		nextStep: PROVE_AGAIN,
	}),
	RoundManager__KeySumMask: ([actual, required]) => ({
		title: "The key sum's proofs do not end as they must",
		detail: `The last one's mask commitment is ${actual} instead of ${required}.`,
		nextStep: PROVE_AGAIN,
	}),
	RoundManager__KeySumEvaluation: ([actual, required]) => ({
		title: "The key sum is not the one that was proven",
		detail: `Its proofs add up to ${actual} instead of ${required}.`,
		nextStep: PROVE_AGAIN,
	}),
	RoundManager__KeySumProofInvalid: () => ({
		title: "A proof was refused",
		detail: "One of the key sum's proofs is not valid for this round and set.",
		nextStep: PROVE_AGAIN,
	}),
	RoundManager__AlreadyAttested: ([roundId]) => ({
		title: "You have attested already",
		detail: `Round ${roundId} has your attestation.`,
		nextStep: "Nothing is left to do in this round.",
	}),
	RoundManager__NotInFrozenSet: ([roundId]) => ({
		title: "Your update is not in the round's set",
		detail: `Only hospitals of the frozen set attest in the members' place; round ${roundId} has no update of yours.`,
		nextStep: "Leave it to the hospitals of the set.",
	}),
	RoundManager__NoUpdate: ([roundId, hospital]) => ({
		title: "There is no such update",
		detail: /^0x0+$/.test(hospital)
			? `Nobody's update has this place in round ${roundId}.`
			: `${hospital} has no update in round ${roundId}: it was removed, left out, or never accepted on this chain.`,
		nextStep: "Let your worker look at the round again; nothing was changed.",
	}),
	RoundManager__EvaluationMismatch: () => ({
		title: "The challenge names other values than the proof",
		detail: "gamma, y and y2 are not those of the accepted update.",
		nextStep: REPORT,
	}),
	RoundManager__BundleMismatch: ([actual, required]) => ({
		title: "These are not the update's bytes",
		detail: `Their digest is ${shorten(actual)}; the update's bundle has ${shorten(required)}.`,
		nextStep: "Let your worker look at the round again: on this chain, another update has this place.",
	}),
	RoundManager__UpdateConsistent: ([, hospital]) => ({
		title: "The update is what its proof says",
		detail: `The contract recomputed the bundle of ${hospital} and found nothing wrong.`,
		nextStep: "Leave the update alone.",
	}),
};
