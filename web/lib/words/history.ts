/**
 * What the ledger's state no longer tells of past rounds: updates that were removed or left out, who could have taken part, and where on
 * the chain each phase ended. From the events alone.
 */
import type { Address } from "viem";
import type { EventPlace, LedgerEvent } from "../../../worker/core/ledger/events.ts";
import type { SegmentRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";

export type Submission = UpdateRecord & {
	readonly removedAt?: EventPlace;
	readonly excludedAt?: EventPlace;
};

export type Confirmation = {
	readonly member: Address;
	readonly hospitals: readonly Address[];
	readonly place: EventPlace;
};

export type RoundHistory = {
	/** Hospitals that had committed data early enough to take part, in the order of their commitments. */
	readonly eligible: readonly Address[];
	/** In order of acceptance, removed and excluded ones too. */
	readonly submissions: readonly Submission[];
	readonly confirmations: readonly Confirmation[];
	/** The last expected update came. */
	readonly closedAt?: EventPlace;
	readonly openedAt?: EventPlace;
	/** Finalized or failed. */
	readonly endedAt?: EventPlace;
};

const EMPTY: Omit<RoundHistory, "eligible"> = { submissions: [], confirmations: [] };

type Eligible = Map<Address, bigint>;

const amended = (
	history: RoundHistory,
	hospital: Address,
	change: (submission: Submission) => Partial<Submission>,
): RoundHistory => {
	// A hospital whose update was removed may submit again in the same round: its last one is meant.
	const at = history.submissions.findLastIndex((submission) => submission.hospital === hospital);
	return {
		...history,
		submissions: history.submissions.map((submission, index) =>
			index === at ? { ...submission, ...change(submission) } : submission,
		),
	};
};

const changed = (
	history: RoundHistory,
	event: Extract<LedgerEvent, { source: "roundManager" }>,
	pending: readonly SegmentRecord[],
): RoundHistory => {
	const { place } = event;
	switch (event.name) {
		case "UpdateSubmitted": {
			const { hospital, update } = event.args;
			const position = history.submissions.length;
			const submission = { ...update, hospital, position, confirmedBy: [], segments: pending, place };
			return { ...history, submissions: [...history.submissions, submission] };
		}
		case "UpdateRemoved":
			return amended(history, event.args.hospital, () => ({ removedAt: place }));
		case "UpdateExcluded":
			return amended(history, event.args.hospital, () => ({ excludedAt: place }));
		case "AvailabilityConfirmed": {
			const { member, hospitals } = event.args;
			const confirmations = [...history.confirmations, { member, hospitals, place }];
			return hospitals.reduce<RoundHistory>(
				(all, hospital) => amended(all, hospital, ({ confirmedBy }) => ({ confirmedBy: [...confirmedBy, member] })),
				{ ...history, confirmations },
			);
		}
		case "SubmissionsClosed":
			return { ...history, closedAt: place };
		case "KeySumsCompleted":
			return { ...history, openedAt: place };
		case "RoundFinalized":
		case "RoundFailed":
			return { ...history, endedAt: place };
		case "RoundOpened":
		case "SegmentProven":
		case "RoundFrozen":
		case "KeySumPosted":
		case "ModelAttested":
		case "ModelAttestedByHospital":
		case "StudyClosed":
			return history;
	}
};

/** @param events of all three contracts, in chain order */
export const roundHistories = (events: readonly LedgerEvent[]): ReadonlyMap<bigint, RoundHistory> => {
	const histories = new Map<bigint, RoundHistory>();
	/** Admitted hospitals with a data set, by study: the block of the commitment. */
	const committed = new Map<bigint, Eligible>();
	let pending: readonly SegmentRecord[] = [];
	for (const event of events) {
		if (event.name === "DatasetCommitted") {
			const { studyId, hospital, registeredAt } = event.args;
			const ofStudy: Eligible = committed.get(studyId) ?? new Map();
			committed.set(studyId, ofStudy.set(hospital, registeredAt));
		}
		if (event.name === "HospitalRemoved") {
			for (const ofStudy of committed.values()) ofStudy.delete(event.args.hospital);
		}
		if (event.source !== "roundManager" || event.name === "StudyClosed") continue;
		const { roundId } = event.args;
		if (event.name === "RoundOpened") {
			const { studyId, opening } = event.args;
			const eligible = [...(committed.get(studyId) ?? [])]
				.filter(([, registeredAt]) => registeredAt < opening.openedAtBlock)
				.map(([hospital]) => hospital);
			histories.set(roundId, { ...EMPTY, eligible });
		}
		if (event.name === "SegmentProven") {
			const { segment, commitmentOut, proof } = event.args;
			pending = [...pending, { segment, commitmentOut, proof }];
			continue;
		}
		const history = histories.get(roundId);
		if (history !== undefined) histories.set(roundId, changed(history, event, pending));
		pending = [];
	}
	return histories;
};
