/** What calls of the RoundManager do, in words. */
import type { ContractFunctionArgs, DecodeFunctionDataReturnType } from "viem";
import { activeRound } from "../../../worker/core/ledger/state.ts";
import type { roundManagerAbi } from "../../../worker/protocol/generated/abi.ts";
import { counted, listed } from "../words/numbers.ts";
import { duration } from "../words/time.ts";
import {
	explainAttestation,
	explainChallenge,
	explainConfirmation,
	explainHospitalAttestation,
	explainKeySum,
} from "./committee.ts";
import { explainSubmission } from "./submission.ts";
import type { ExplainContext, Explanation } from "./types.ts";
import { explanation, isSameAddress, partyName } from "./words.ts";

type RoundCall = DecodeFunctionDataReturnType<typeof roundManagerAbi>;

const opening = (
	[studyId, committee, durations]: ContractFunctionArgs<typeof roundManagerAbi, "nonpayable", "openRound">,
	{ ledger, participants }: ExplainContext,
): Explanation => {
	const study = ledger.studies.get(studyId);
	const names = committee.map((member) => partyName(member, participants));
	const keyless = committee.filter(
		(member) => ![...ledger.members].some(([other, key]) => isSameAddress(other, member) && key !== undefined),
	);
	const hospitals = ledger.datasets.get(studyId)?.size ?? 0;
	return explanation({
		title: `Open a round of study ${studyId}`,
		sentences: [
			`The ${counted(hospitals, "hospital")} with a committed data set may submit updates for ${duration(durations.submission)}, on the study's current model.`,
			`The committee is ${listed(names)}. ${study?.parameters.threshold ?? "Enough"} of them together open the sum of the hospitals' keys, and could open a single one: they have to be independent of each other.`,
		],
		facts: [
			{ label: "Study", value: studyId.toString() },
			...committee.map((member, index) => ({ label: `Seat ${index + 1}: ${names[index] ?? ""}`, value: member })),
			{ label: "Time for submissions", value: duration(durations.submission) },
			{ label: "Then, for checking bundles", value: duration(durations.checking) },
			{ label: "For key sums, once the set is frozen", value: "no limit" },
			{ label: "Then, for the members alone to attest", value: duration(durations.attestation) },
		],
		warnings: [
			...(study === undefined ? [`Study ${studyId} is not on this chain.`] : []),
			...(keyless.length > 0
				? [`No share key is registered for ${listed(keyless.map((one) => partyName(one, participants)))}.`]
				: []),
		],
	});
};

const freezing = (roundId: bigint, { ledger }: ExplainContext): Explanation => {
	const round = ledger.rounds.get(roundId);
	const threshold = round && ledger.studies.get(round.studyId)?.parameters.threshold;
	const enough = round?.updates.filter(
		({ confirmedBy }) => confirmedBy.length >= (threshold ?? Number.POSITIVE_INFINITY),
	);
	return explanation({
		title: `Freeze the set of updates of round ${roundId}`,
		sentences: [
			`The updates whose bundles ${threshold ?? "enough"} members confirmed${enough === undefined ? "" : `, ${enough.length} of ${round?.updates.length ?? 0},`} become the round's set, once for ever. The committee then opens the sum of their keys.`,
			"Anyone may do this when submissions and checking are over; it gives you no advantage and no duty.",
		],
		facts: [{ label: "Round", value: roundId.toString() }],
		warnings: round === undefined ? [`Round ${roundId} is not on this chain.`] : [],
	});
};

const failing = (roundId: bigint, { ledger }: ExplainContext): Explanation => {
	const round = ledger.rounds.get(roundId);
	return explanation({
		title: `Fail round ${roundId}, whose time is over`,
		sentences: [
			"The round ends without a new model: the study's model stays as it is, and the next round can open. Nothing that was encrypted is opened by this.",
			"Anyone may do this when the time for updates, or for checking them, has passed without enough of them. A round whose set is frozen can't be failed.",
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			...(round === undefined ? [] : [{ label: "Its phase", value: round.phase }]),
		],
		warnings: round === undefined ? [`Round ${roundId} is not on this chain.`] : [],
	});
};

const cancelling = (roundId: bigint, { ledger }: ExplainContext): Explanation => {
	const round = ledger.rounds.get(roundId);
	return explanation({
		title: `Cancel round ${roundId}`,
		sentences: [
			"The round ends at once, without a new model. Nothing of it was opened; hospitals may give their updates to the next round.",
			"Only the coordinator may do this, and only before the set of updates is frozen.",
		],
		facts: [
			{ label: "Round", value: roundId.toString() },
			...(round === undefined ? [] : [{ label: "Updates in it", value: round.updates.length.toString() }]),
		],
		warnings: round === undefined ? [`Round ${roundId} is not on this chain.`] : [],
	});
};

const closing = (studyId: bigint, { ledger }: ExplainContext): Explanation => {
	const round = activeRound(ledger, studyId);
	return explanation({
		title: `Close study ${studyId} for good`,
		sentences: [
			"The study's round can't be finished: too many share keys, or all copies of the encrypted updates, are lost. The round fails, and no round of this study follows, ever. Its models stay.",
			"A round is not repeated from the same model: two sums over different hospitals could give one hospital's weights away.",
		],
		facts: [
			{ label: "Study", value: studyId.toString() },
			...(round === undefined ? [] : [{ label: "Its round", value: round.roundId.toString() }]),
		],
		warnings: [
			"This can't be undone. Ask the members once more whether one of them can still post a key sum or attest.",
			...(ledger.studies.has(studyId) ? [] : [`Study ${studyId} is not on this chain.`]),
		],
	});
};

export const explainRoundCall = (call: RoundCall, context: ExplainContext): Explanation | undefined => {
	switch (call.functionName) {
		case "openRound":
			return opening(call.args, context);
		case "submitUpdate":
			return explainSubmission(call.args, context);
		case "challengeUpdate":
			return explainChallenge(call.args, context);
		case "confirmAvailability":
			return explainConfirmation(call.args, context);
		case "freeze":
			return freezing(call.args[0], context);
		case "postKeySum":
			return explainKeySum(call.args, context);
		case "attest":
			return explainAttestation(call.args, context);
		case "fail":
			return failing(call.args[0], context);
		case "attestAsHospital":
			return explainHospitalAttestation(call.args, context);
		case "cancelRound":
			return cancelling(call.args[0], context);
		case "closeStudy":
			return closing(call.args[0], context);
		default:
			return undefined;
	}
};
