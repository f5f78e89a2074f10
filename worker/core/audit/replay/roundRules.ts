/** RoundManager's phases, event by event. What the events say is checked elsewhere: here, that each may happen now. */

import type { LedgerEvent } from "../../ledger/events.ts";
import { FAILURE_REASONS, isAvailable, isMajority, type Phase } from "../../ledger/state.ts";
import { owedKey, type ReplayState, type RoundHistory, type Submission, sameModel } from "./state.ts";

export type RoundEvent = Extract<LedgerEvent, { source: "roundManager" }>;

const STUDY_CLOSED = FAILURE_REASONS.indexOf("StudyClosed");
const hasEnded = ({ phase }: RoundHistory): boolean => phase === "Finalized" || phase === "Failed";

const openRound = (
	state: ReplayState,
	{ args, place }: Extract<RoundEvent, { name: "RoundOpened" }>,
	object: (problem: string) => void,
): void => {
	const { roundId, studyId, baseModelId, opening } = args;
	if (roundId !== BigInt(state.rounds.size + 1)) object(`round ${roundId} is opened after round ${state.rounds.size}`);
	if (!state.studies.has(studyId)) object(`round ${roundId} is of study ${studyId}, which does not exist`);
	const active = [...state.rounds.values()].find((round) => round.studyId === studyId && !hasEnded(round));
	if (state.closedStudies.has(studyId)) object(`round ${roundId} is opened of study ${studyId}, which is closed`);
	if (active !== undefined) object(`round ${roundId} is opened while round ${active.roundId} of the study goes on`);
	if (opening.openedAtBlock !== place.blockNumber) object("openedAtBlock is not the event's block");
	const datasets = [...(state.datasets.get(studyId)?.values() ?? [])];
	state.rounds.set(roundId, {
		roundId,
		studyId,
		baseModelId,
		opening,
		place,
		atOpening: {
			members: new Map(state.members),
			currentModel: state.currentModel.get(studyId),
			committedHospitals: datasets.length,
			eligibleHospitals: datasets.filter(({ registeredAt }) => registeredAt < place.blockNumber).length,
		},
		phase: "Open",
		submissions: [],
		accepted: [],
		challenges: [],
		confirmations: [],
		unavailable: [],
		excluded: [],
		keySums: [],
		attestations: [],
		hospitalAttestations: [],
	});
};

/** Only what the contract would have counted makes an update available. */
const confirm = (
	round: RoundHistory,
	{ args, place }: Extract<RoundEvent, { name: "AvailabilityConfirmed" }>,
	object: (problem: string) => void,
): void => {
	const { member, hospitals } = args;
	round.confirmations.push({ member, hospitals, place });
	if (!round.opening.committee.includes(member)) {
		object(`${member}, which is not on the committee, confirms availability`);
		return;
	}
	if (hospitals.length === 0) object(`${member} confirms nothing`);
	for (const hospital of hospitals) {
		const update = round.accepted.find((other) => other.hospital === hospital);
		if (update === undefined) object(`${member} confirms the update of ${hospital}, which has none`);
		else if (update.confirmedBy.includes(member)) object(`${member} confirms the update of ${hospital} twice`);
		else update.confirmedBy.push(member);
	}
};

/** Applies the event, as the contract would have, and says what the contract would have refused. */
export const applyRoundEvent = (state: ReplayState, event: RoundEvent, object: (problem: string) => void): void => {
	if (event.name === "RoundOpened") {
		openRound(state, event, object);
		return;
	}
	const { place } = event;
	const { owed } = state;
	if (event.name === "StudyClosed") {
		const { studyId } = event.args;
		if (!owed.delete(owedKey.studyClosed(studyId)))
			object(`study ${studyId} is closed, and no round of it failed so now`);
		state.closedStudies.add(studyId);
		return;
	}
	const { roundId } = event.args;
	const round = state.rounds.get(roundId);
	if (round === undefined) {
		object(`${event.name} of round ${roundId}, which was not opened`);
		return;
	}
	const thresholds = { threshold: state.studies.get(round.studyId)?.parameters.threshold ?? 0 };
	const { threshold } = thresholds;
	const requirePhase = (...phases: readonly Phase[]): boolean => {
		if (phases.includes(round.phase)) return true;
		object(`${event.name} while round ${roundId} is ${round.phase}`);
		return false;
	};
	switch (event.name) {
		case "SegmentProven":
			owed.set(owedKey.update(roundId, event.args.hospital), place);
			state.segments.push(event);
			return;
		case "UpdateSubmitted": {
			const { hospital, update } = event.args;
			owed.delete(owedKey.update(roundId, hospital));
			const own = state.segments.filter(({ args }) => args.roundId === roundId && args.hospital === hospital);
			const segments = own.map(({ args: { segment, commitmentOut, proof } }) => ({ segment, commitmentOut, proof }));
			state.segments = state.segments.filter((segment) => !own.includes(segment));
			const submission: Submission = {
				...update,
				hospital,
				position: round.submissions.length,
				confirmedBy: [],
				segments,
				place,
				admitted: state.hospitals.has(hospital),
				dataset: state.datasets.get(round.studyId)?.get(hospital),
			};
			round.submissions.push(submission);
			if (!requirePhase("Open")) return;
			if (round.accepted.some((other) => other.hospital === hospital)) object(`${hospital} submits twice`);
			else round.accepted.push(submission);
			// An update that was removed is not expected any more.
			const removed = round.submissions.length - round.accepted.length;
			if (round.accepted.length === round.opening.expectedUpdates - removed) owed.set(owedKey.closed(roundId), place);
			return;
		}
		case "UpdateRemoved": {
			const { hospital, sampleCount } = event.args;
			requirePhase("Open");
			const removed = round.accepted.find((update) => update.hospital === hospital);
			if (removed === undefined) object(`the update of ${hospital}, which has none, is removed`);
			else if (removed.sampleCount !== sampleCount) object(`${sampleCount} samples are taken off, not the update's`);
			round.accepted = round.accepted.filter((update) => update !== removed);
			round.challenges.push({ hospital, place });
			owed.set(owedKey.barred(roundId), place);
			return;
		}
		case "SubmissionsClosed":
			if (!owed.delete(owedKey.closed(roundId))) object(`not all expected updates of round ${roundId} have come now`);
			if (!requirePhase("Open")) return;
			round.closed = { deadline: event.args.deadline, place };
			return;
		case "AvailabilityConfirmed":
			if (requirePhase("Open")) confirm(round, event, object);
			return;
		case "UpdateExcluded": {
			const { hospital } = event.args;
			if (!requirePhase("Open")) return;
			round.excluded.push(hospital);
			owed.set(owedKey.frozen(roundId), place);
			return;
		}
		case "RoundFrozen": {
			const { roundId: _, ...frozen } = event.args;
			owed.delete(owedKey.frozen(roundId));
			if (!requirePhase("Open")) return;
			round.unavailable = round.accepted.filter((update) => !isAvailable(update, thresholds));
			round.accepted = round.accepted.filter((update) => isAvailable(update, thresholds));
			round.phase = "Frozen";
			round.frozen = { ...frozen, place };
			return;
		}
		case "KeySumPosted": {
			const { roundId: _, ...keySum } = event.args;
			if (!requirePhase("Frozen", "Opened")) return;
			if (round.keySums.some(({ member }) => member === keySum.member)) object(`${keySum.member} posts twice`);
			round.keySums.push({ ...keySum, place });
			if (round.keySums.length === threshold) owed.set(owedKey.completed(roundId), place);
			return;
		}
		case "KeySumsCompleted":
			if (!owed.delete(owedKey.completed(roundId))) object(`the key sums of round ${roundId} are not complete now`);
			if (!requirePhase("Frozen")) return;
			round.phase = "Opened";
			round.completed = { membersOnlyUntil: event.args.membersOnlyUntil, place };
			return;
		case "ModelAttested": {
			const { roundId: _, ...attestation } = event.args;
			if (!requirePhase("Opened")) return;
			if (round.attestations.some(({ member }) => member === attestation.member)) {
				object(`${attestation.member} attests twice`);
			}
			round.attestations.push({ ...attestation, place });
			if (round.attestations.filter((other) => sameModel(other, attestation)).length === threshold) {
				owed.set(owedKey.roundModel(roundId), place).set(owedKey.finalized(roundId), place);
			}
			return;
		}
		case "ModelAttestedByHospital": {
			const { roundId: _, ...attestation } = event.args;
			if (!requirePhase("Opened")) return;
			if (!round.accepted.some(({ hospital }) => hospital === attestation.hospital)) {
				object(`${attestation.hospital}, which is not in the frozen set, attests`);
			}
			if (round.hospitalAttestations.some(({ hospital }) => hospital === attestation.hospital)) {
				object(`${attestation.hospital} attests twice`);
			}
			round.hospitalAttestations.push({ ...attestation, place });
			const equal = round.hospitalAttestations.filter((other) => sameModel(other, attestation)).length;
			if (isMajority(equal, round.accepted.length)) {
				owed.set(owedKey.roundModel(roundId), place).set(owedKey.finalized(roundId), place);
			}
			return;
		}
		case "RoundFinalized": {
			const { roundId: _, studyId, ...model } = event.args;
			if (studyId !== round.studyId) object(`round ${roundId} is not of study ${studyId}`);
			if (!owed.delete(owedKey.finalized(roundId))) object(`round ${roundId} is finalized without its attestations`);
			if (!requirePhase("Opened")) return;
			round.phase = "Finalized";
			round.finalized = { ...model, place };
			return;
		}
		case "RoundFailed": {
			const { studyId, reason } = event.args;
			if (studyId !== round.studyId) object(`round ${roundId} is not of study ${studyId}`);
			// What was frozen may have been opened: the only way out is the study's end.
			if (reason === STUDY_CLOSED ? !requirePhase("Frozen", "Opened") : !requirePhase("Open")) return;
			round.failed = { reason, from: round.phase, place };
			round.phase = "Failed";
			if (reason === STUDY_CLOSED) owed.set(owedKey.studyClosed(studyId), place);
			return;
		}
		default:
			event satisfies never;
	}
};
