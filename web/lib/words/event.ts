/** Every event of the three contracts as people read it. What else its transaction did may change or spare its sentence. */

import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { FAILURE_REASONS } from "../../../worker/core/ledger/state.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import type { NameOf } from "./names.ts";
import { counted, integer, listed, scaled } from "./numbers.ts";

export type Tone = "ok" | "warn" | "bad" | "info" | "idle";
export type Topic = "consortium" | "study" | "dataset" | "round" | "update" | "committee" | "model";

export type EventWords = {
	readonly tone: Tone;
	readonly topic: Topic;
	/** A sentence without a full stop. */
	readonly text: string;
};

export type EventNamed<Name extends LedgerEvent["name"]> = Extract<LedgerEvent, { name: Name }>;

export type EventSetting = {
	readonly nameOf: NameOf;
	/** All events of the transaction, the event itself too. */
	readonly siblings: readonly LedgerEvent[];
};

const FAILURES: Readonly<Record<(typeof FAILURE_REASONS)[number], string>> = {
	None: "no reason given",
	NotEnoughUpdates: "too few updates came in time",
	NotEnoughAvailable: "the committee holds too few of the bundles",
	Cancelled: "the coordinator cancelled it before its set was frozen",
	StudyClosed: "it could not be finished, and the study is closed for good",
};

const has = <Name extends LedgerEvent["name"]>(
	siblings: readonly LedgerEvent[],
	name: Name,
	matches: (event: EventNamed<Name>) => boolean = () => true,
): boolean => siblings.some((event) => event.name === name && matches(event as EventNamed<Name>));

const segmentsOf = ({ args }: EventNamed<"UpdateSubmitted">, siblings: readonly LedgerEvent[]): number =>
	siblings.filter(
		(event) =>
			event.name === "SegmentProven" && event.args.roundId === args.roundId && event.args.hospital === args.hospital,
	).length;

const told = (tone: Tone, topic: Topic, text: string): EventWords => ({ tone, topic, text });

/** @returns undefined when another event of the transaction tells it, too */
export const eventWords = (event: LedgerEvent, { nameOf, siblings }: EventSetting): EventWords | undefined => {
	switch (event.name) {
		case "RoundManagerSet": {
			const registry = event.source === "modelRegistry" ? "The model registry" : "The hospital registry";
			return told("info", "consortium", `${registry} is bound to the round manager, for ever`);
		}
		case "HospitalAdmitted": {
			const { hospital } = event.args;
			if (has(siblings, "HospitalBarLifted", ({ args }) => args.hospital === hospital)) return undefined;
			return told("info", "consortium", `${nameOf(hospital)} admitted as a hospital`);
		}
		case "HospitalRemoved": {
			const { hospital } = event.args;
			if (has(siblings, "HospitalBarred", ({ args }) => args.hospital === hospital)) return undefined;
			return told("warn", "consortium", `${nameOf(hospital)} is no hospital any more; its data sets no longer count`);
		}
		case "HospitalBarred":
			return told("bad", "consortium", `${nameOf(event.args.hospital)} barred: its bundle is not what its proof says`);
		case "HospitalBarLifted":
			return told("info", "consortium", `The bar on ${nameOf(event.args.hospital)} lifted: it is admitted again`);
		case "MemberAdmitted":
			return told("info", "committee", `${nameOf(event.args.member)} admitted as a committee member`);
		case "MemberRemoved":
			return told("warn", "committee", `${nameOf(event.args.member)} is no committee member any more`);
		case "ShareKeyRegistered":
			return told("info", "committee", `${nameOf(event.args.member)} registered a share key: it can sit on committees`);
		case "DatasetCommitted": {
			const { hospital, studyId, sampleCount, batchCount } = event.args;
			const size = `${counted(sampleCount, "sample")} in ${counted(batchCount, "batch", "batches")}`;
			return told("info", "dataset", `${nameOf(hospital)} committed to its data set for study ${studyId}: ${size}`);
		}
		case "StudyCreated": {
			const { weightCount, learningRate, batchSize, epochs, threshold, members } = event.args.study.parameters;
			const rate = scaled(learningRate, fixedPoint.learningRateScaleBits);
			return told(
				"info",
				"study",
				`Study ${event.args.studyId} created: ${counted(weightCount, "weight")}, learning rate ${rate}, batches of ${batchSize}, ${counted(epochs, "epoch")} a round, committee ${threshold} of ${members}`,
			);
		}
		case "ModelAppended": {
			const { roundId, modelId, studyId } = event.args;
			if (roundId === 0n) return told("info", "model", `Model ${modelId} is the initial model of study ${studyId}`);
			if (has(siblings, "RoundFinalized", ({ args }) => args.modelId === modelId)) return undefined;
			return told("ok", "model", `Model ${modelId} of round ${roundId} is the current model of study ${studyId}`);
		}
		case "RoundOpened": {
			const { roundId, studyId, baseModelId, opening } = event.args;
			const expected = counted(opening.expectedUpdates, "hospital");
			const committee = listed(opening.committee.map(nameOf));
			return told(
				"info",
				"round",
				`Round ${roundId} of study ${studyId} opened: ${expected} can train model ${baseModelId}; committee ${committee}`,
			);
		}
		case "SegmentProven": {
			const { roundId, hospital, segment } = event.args;
			const isTold = has(
				siblings,
				"UpdateSubmitted",
				({ args }) => args.roundId === roundId && args.hospital === hospital,
			);
			if (isTold) return undefined;
			return told("ok", "update", `Training proof ${segment + 1n} of ${nameOf(hospital)} verified in round ${roundId}`);
		}
		case "UpdateSubmitted": {
			const { hospital, roundId, update } = event.args;
			const training = counted(segmentsOf(event, siblings), "training proof");
			return told(
				"ok",
				"update",
				`${nameOf(hospital)}'s update accepted in round ${roundId}: ${training} and 1 encryption proof verified, ${counted(update.sampleCount, "sample")}`,
			);
		}
		case "SubmissionsClosed":
			return told("info", "round", `Submissions of round ${event.args.roundId} closed: every expected update is there`);
		case "UpdateRemoved": {
			const { hospital, roundId } = event.args;
			return told("bad", "update", `${nameOf(hospital)}'s update removed from round ${roundId} by a challenge`);
		}
		case "AvailabilityConfirmed": {
			const { member, hospitals, roundId } = event.args;
			const what = `${hospitals.length === 1 ? "the bundle" : "the bundles"} of ${listed(hospitals.map(nameOf))}`;
			return told("ok", "committee", `${nameOf(member)} checked and keeps ${what} in round ${roundId}`);
		}
		case "UpdateExcluded": {
			const { hospital, roundId } = event.args;
			return told(
				"warn",
				"update",
				`${nameOf(hospital)}'s update left out of round ${roundId}: too few members hold its bundle`,
			);
		}
		case "RoundFrozen": {
			const { roundId, hospitals } = event.args;
			return told(
				"info",
				"round",
				`Round ${roundId} frozen with ${counted(hospitals.length, "update")}, of ${listed(hospitals.map(nameOf))}`,
			);
		}
		case "KeySumPosted": {
			const { member, roundId, proofs } = event.args;
			return told(
				"ok",
				"committee",
				`${nameOf(member)}'s key sum accepted in round ${roundId}: ${counted(proofs.length, "proof")} verified`,
			);
		}
		case "KeySumsCompleted":
			return told(
				"info",
				"round",
				`Round ${event.args.roundId} opened: enough key sums to decrypt the sum, and only it`,
			);
		case "ModelAttested": {
			const { member, roundId } = event.args;
			return told("ok", "committee", `${nameOf(member)} recomputed the model of round ${roundId} and attested to it`);
		}
		case "ModelAttestedByHospital": {
			const { hospital, roundId } = event.args;
			return told(
				"ok",
				"round",
				`${nameOf(hospital)} recomputed the model of round ${roundId} and attested to it, in the members' place`,
			);
		}
		case "StudyClosed":
			return told("bad", "round", `Study ${event.args.studyId} is closed for good: no round of it follows`);
		case "RoundFinalized": {
			const { roundId, modelId } = event.args;
			return told("ok", "round", `Round ${roundId} finalized: its result is model ${modelId}`);
		}
		case "RoundFailed": {
			const { roundId, reason } = event.args;
			const known = FAILURE_REASONS[reason];
			return told(
				"bad",
				"round",
				`Round ${roundId} failed: ${known === undefined ? `reason ${integer(reason)}` : FAILURES[known]}`,
			);
		}
	}
};
