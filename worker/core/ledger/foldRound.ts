/** What each event of a round changes in it. The rules are in the NatSpec of contracts/interfaces/IRoundManager.sol. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { frozenSetDigest } from "../../protocol/frozenSetDigest.ts";
import type { LedgerEvent } from "./events.ts";
import {
	FAILURE_REASONS,
	isAvailable,
	type RoundRecord,
	type RoundThresholds,
	type SegmentRecord,
	type UpdateRecord,
} from "./state.ts";

/** An event of a round that was opened. */
export type RoundEvent = Exclude<
	Extract<LedgerEvent, { source: "roundManager" }>,
	{ name: "RoundOpened" | "SegmentProven" | "StudyClosed" }
>;
type EventNamed<Name extends RoundEvent["name"]> = Extract<RoundEvent, { name: Name }>;

export const impossible = (event: LedgerEvent, problem: string): DecentraHealthError =>
	new DecentraHealthError("LEDGER_INCONSISTENT", {
		message: `${event.name} in transaction ${event.place.transactionHash} (log ${event.place.logIndex}): ${problem}`,
		nextStep:
			"The RPC node left out events or the contracts are not this project's: try another node, check the address.",
	});

/** A member opens the sum over `updates` and signs for the digest: were they not the same set, it would open two. */
const requireSameSet = (event: EventNamed<"RoundFrozen">, updates: readonly UpdateRecord[]): void => {
	const { roundId, hospitals, bundleDigests, frozenSetDigest: digest } = event.args;
	const isSame =
		hospitals.length === updates.length &&
		bundleDigests.length === updates.length &&
		updates.every(({ hospital, bundleDigest }, index) => {
			return hospitals[index] === hospital && bundleDigests[index] === bundleDigest;
		});
	if (!isSame) throw impossible(event, "the frozen set is not that of the accepted updates");
	const shareDigests = updates.map(({ encryption }) => encryption.shareDigest);
	if (frozenSetDigest(roundId, hospitals, bundleDigests, shareDigests) !== digest) {
		throw impossible(event, "the digest is not the frozen set's");
	}
};

const requireAvailable = (event: LedgerEvent, updates: readonly UpdateRecord[], thresholds: RoundThresholds): void => {
	const unavailable = updates.find((update) => !isAvailable(update, thresholds));
	if (unavailable === undefined) return;
	const { hospital, confirmedBy } = unavailable;
	throw impossible(event, `${confirmedBy.length} of ${thresholds.threshold} members hold the bundle of ${hospital}`);
};

const confirmed = (event: EventNamed<"AvailabilityConfirmed">, { updates, opening }: RoundRecord) => {
	const { member, hospitals } = event.args;
	if (!opening.committee.includes(member)) throw impossible(event, `${member} is not on the committee`);
	for (const hospital of hospitals) {
		const update = updates.find((other) => other.hospital === hospital);
		// A member that counted twice would make an update available that too few hold.
		if (update === undefined || update.confirmedBy.includes(member)) {
			throw impossible(event, `there is no update of ${hospital} that ${member} had not confirmed`);
		}
	}
	return updates.map((update) =>
		hospitals.includes(update.hospital) ? { ...update, confirmedBy: [...update.confirmedBy, member] } : update,
	);
};

export type RoundContext = {
	/** Of the round's study. */
	readonly thresholds: RoundThresholds;
	/** Segments that the event's transaction proved before it. */
	readonly segments: readonly SegmentRecord[];
};

/** @throws DecentraHealthError LEDGER_INCONSISTENT when the contract can't have made the event in this state */
export const changeOf = (
	event: RoundEvent,
	round: RoundRecord,
	{ thresholds, segments }: RoundContext,
): Partial<RoundRecord> => {
	const { place } = event;
	const { updates, removed, excluded, keySums, attestations } = round;
	switch (event.name) {
		case "UpdateSubmitted": {
			const { hospital, update } = event.args;
			if (updates.some((other) => other.hospital === hospital)) throw impossible(event, `${hospital} submits twice`);
			const position = updates.length + removed.length;
			return { updates: [...updates, { ...update, hospital, position, confirmedBy: [], segments, place }] };
		}
		case "UpdateRemoved": {
			const { hospital } = event.args;
			return {
				updates: updates.filter((update) => update.hospital !== hospital),
				removed: [...removed, hospital],
			};
		}
		case "SubmissionsClosed": {
			const { deadline } = event.args;
			const checkingDeadline = deadline + BigInt(round.opening.checkingDuration);
			return { closed: true, deadline, checkingDeadline };
		}
		case "AvailabilityConfirmed":
			return { updates: confirmed(event, round) };
		case "UpdateExcluded": {
			const { hospital } = event.args;
			const update = updates.find((other) => other.hospital === hospital);
			if (update === undefined || isAvailable(update, thresholds)) {
				throw impossible(event, `${hospital} has no update that too few members confirmed`);
			}
			return { updates: updates.filter((other) => other !== update), excluded: [...excluded, hospital] };
		}
		case "RoundFrozen": {
			const { roundId: _, ...frozen } = event.args;
			requireSameSet(event, updates);
			requireAvailable(event, updates, thresholds);
			return { phase: "Frozen", frozen: { ...frozen, place } };
		}
		case "KeySumPosted": {
			const { roundId: _, ...keySum } = event.args;
			return { keySums: [...keySums, { ...keySum, place }] };
		}
		case "KeySumsCompleted":
			return { phase: "Opened", membersOnlyUntil: event.args.membersOnlyUntil };
		case "ModelAttested": {
			const { roundId: _, ...attestation } = event.args;
			return { attestations: [...attestations, { ...attestation, place }] };
		}
		case "ModelAttestedByHospital": {
			const { roundId: _, ...attestation } = event.args;
			if (!updates.some(({ hospital }) => hospital === attestation.hospital)) {
				throw impossible(event, `${attestation.hospital} is not in the frozen set`);
			}
			return { hospitalAttestations: [...round.hospitalAttestations, { ...attestation, place }] };
		}
		case "RoundFinalized": {
			const { modelId, modelCommitment, modelDigest } = event.args;
			return { phase: "Finalized", finalized: { modelId, modelCommitment, modelDigest } };
		}
		case "RoundFailed": {
			const failure = FAILURE_REASONS[event.args.reason];
			if (failure === undefined) throw impossible(event, `unknown reason ${event.args.reason}`);
			// What was frozen may have been opened: the only way out is the study's end.
			if ((round.frozen !== undefined) !== (failure === "StudyClosed")) {
				throw impossible(event, `${failure} can't end a round that is ${round.phase}`);
			}
			return { phase: "Failed", failure };
		}
	}
};
