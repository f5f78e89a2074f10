/** The hospitals of a round: who could take part, who did, and what became of each update. */
import type { Address } from "viem";
import { isAvailable, type RoundRecord, type RoundThresholds } from "../../../worker/core/ledger/state.ts";
import { submissionsOver } from "../../../worker/core/nextAction.ts";
import type { Tone } from "./event.ts";
import type { RoundHistory, Submission } from "./history.ts";
import { counted } from "./numbers.ts";

export type Participant = {
	readonly hospital: Address;
	readonly tone: Tone;
	/** In a word or two. */
	readonly state: string;
	/** Why, or what is still missing. */
	readonly reason: string;
	/** The last one, where a hospital submitted again after a removal. */
	readonly submission?: Submission;
};

type Standing = Pick<Participant, "tone" | "state" | "reason">;

const standing = (tone: Tone, state: string, reason: string): Standing => ({ tone, state, reason });

const ofSubmission = (submission: Submission, round: RoundRecord, thresholds: RoundThresholds): Standing => {
	const confirmed = `${submission.confirmedBy.length} of ${round.opening.committee.length} members hold its bundle`;
	const { threshold } = thresholds;
	if (submission.removedAt !== undefined) {
		return standing(
			"bad",
			"Removed",
			"A challenge showed that its bundle is not what its proof says; the hospital was barred.",
		);
	}
	if (submission.excludedAt !== undefined) {
		return standing("warn", "Left out", `${confirmed}; ${threshold} are needed.`);
	}
	if (round.frozen !== undefined) return standing("ok", "In the frozen set", `${confirmed}.`);
	if (round.phase === "Failed") return standing("idle", "Not used", "The round failed before a set was frozen.");
	return isAvailable(submission, thresholds)
		? standing("ok", "Accepted and held", `${confirmed}.`)
		: standing("info", "Accepted", `${confirmed}; ${threshold} are needed before the set is frozen.`);
};

const ofNone = (round: RoundRecord, now: bigint): Standing =>
	round.phase === "Open" && !submissionsOver(round, now)
		? standing("idle", "Not yet submitted", "Training, or still to come.")
		: standing("idle", "Did not submit", "No update before the submissions ended.");

/** @param now Unix seconds by the chain's clock @returns first who submitted, in order of acceptance, then who could have */
export const participantsOf = (
	round: RoundRecord,
	thresholds: RoundThresholds,
	{ history, now }: { readonly history: RoundHistory; readonly now: bigint },
): readonly Participant[] => {
	const last = new Map<Address, Submission>();
	for (const submission of history.submissions) last.set(submission.hospital, submission);
	const submitted = [...last.values()].map((submission) => ({
		hospital: submission.hospital,
		...ofSubmission(submission, round, thresholds),
		submission,
	}));
	const others = history.eligible
		.filter((hospital) => !last.has(hospital))
		.map((hospital) => ({ hospital, ...ofNone(round, now) }));
	return [...submitted, ...others];
};

/** "3 updates from 3 of 4 hospitals, 296 samples" */
export const participationText = (participants: readonly Participant[]): string => {
	const came = participants.flatMap(({ submission }) => (submission === undefined ? [] : [submission]));
	const samples = came.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	return `${counted(came.length, "update")} of ${counted(participants.length, "hospital")}, ${counted(samples, "sample")}`;
};
