/**
 * What a participant should do now, decided from the chain's state alone: a restarted worker needs no other memory.
 * Pure; the shells in worker/node carry it out.
 */
import type { Address } from "viem";
import { standardProfile } from "../protocol/profiles.ts";
import {
	activeRound,
	currentModel,
	isAvailable,
	type Ledger,
	type RoundRecord,
	type RoundThresholds,
	type ShareKey,
	type UpdateRecord,
} from "./ledger/state.ts";
import { chooseCommittee } from "./rotation.ts";

/** What anyone may do for a round whose time has come. */
export type Housekeeping =
	| { readonly kind: "freeze"; readonly round: RoundRecord }
	| { readonly kind: "fail"; readonly round: RoundRecord };

export type Wait = { readonly kind: "wait"; readonly reason: string };

export type HospitalAction =
	| Housekeeping
	| Wait
	| { readonly kind: "commitDataset" }
	| { readonly kind: "submitUpdate"; readonly round: RoundRecord }
	/** The members had their time: the frozen set's hospitals finish the round. */
	| { readonly kind: "attestAsHospital"; readonly round: RoundRecord };

export type MemberAction =
	| Housekeeping
	| Wait
	| { readonly kind: "registerShareKey" }
	/** Fetch these bundles, keep them, and say so. */
	| { readonly kind: "confirmAvailability"; readonly round: RoundRecord; readonly updates: readonly UpdateRecord[] }
	| { readonly kind: "postKeySum"; readonly round: RoundRecord }
	| { readonly kind: "attest"; readonly round: RoundRecord };

const wait = (reason: string): Wait => ({ kind: "wait", reason });

const utc = (seconds: bigint): string => `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)} UTC`;

/** No update can come any more. */
export const submissionsOver = ({ closed, deadline }: RoundRecord, now: bigint): boolean => closed || now > deadline;

/** Block timestamps and deadlines are Unix seconds; the deadline's own second still counts as in time. docs/PROTOCOL.md section 5.3. */
export const housekeeping = (
	round: RoundRecord,
	thresholds: RoundThresholds,
	now: bigint,
): Housekeeping | undefined => {
	const fail = { kind: "fail", round } as const;
	switch (round.phase) {
		case "Open": {
			const { minUpdates } = thresholds;
			if (!submissionsOver(round, now)) return undefined;
			if (round.updates.length < minUpdates) return now > round.deadline ? fail : undefined;
			const available = round.updates.filter((update) => isAvailable(update, thresholds)).length;
			const checked = now > round.checkingDeadline;
			if (available < round.updates.length && !checked) return undefined;
			if (available >= minUpdates) return { kind: "freeze", round };
			return checked ? fail : undefined;
		}
		// There is no way back: what is frozen may have been opened, and waits for its committee.
		case "Frozen":
		case "Opened":
		case "Finalized":
		case "Failed":
			return undefined;
	}
};

export type HospitalView = {
	readonly studyId: bigint;
	readonly hospital: Address;
	/** Root of the data set that the worker holds. */
	readonly datasetRoot: bigint;
	readonly now: bigint;
};

export const nextHospitalAction = (
	ledger: Ledger,
	{ studyId, hospital, datasetRoot, now }: HospitalView,
): HospitalAction => {
	if (!ledger.hospitals.has(hospital)) return wait("this wallet is not an admitted hospital");
	const study = ledger.studies.get(studyId);
	if (study === undefined) return wait(`study ${studyId} does not exist`);
	const round = activeRound(ledger, studyId);
	const due = round === undefined ? undefined : housekeeping(round, study.parameters, now);
	// Members and the coordinator are at it; a hospital helps when the time for everything else is over.
	if (due !== undefined && (due.kind === "fail" || now > due.round.checkingDeadline)) return due;
	const committed = ledger.datasets.get(studyId)?.get(hospital);
	const submitted = round?.updates.some((update) => update.hospital === hospital) ?? false;
	const open = round !== undefined && round.phase === "Open" && !submissionsOver(round, now);
	if (committed?.root !== datasetRoot) {
		// Replacing a commitment in the middle of a round would forfeit the round.
		return committed !== undefined && open && !submitted
			? wait("the registered data set is another one; it can be replaced after this round")
			: { kind: "commitDataset" };
	}
	if (ledger.closedStudies.has(studyId)) return wait(`study ${studyId} was closed for good`);
	if (round === undefined) return wait("no round is open");
	const { roundId } = round;
	const attesting = hospitalAttestation(round, hospital, now);
	if (attesting !== undefined) return attesting;
	if (round.excluded.includes(hospital)) {
		return wait(`this hospital's update is not in round ${roundId}: too few members could fetch its bundle`);
	}
	if (round.phase !== "Open") return wait(`round ${roundId} is ${round.phase.toLowerCase()}`);
	if (submitted) return wait(`this hospital's update is in round ${roundId}`);
	if (round.removed.includes(hospital)) return wait(`this hospital's update was removed from round ${roundId}`);
	if (!open) return wait(`the submissions of round ${roundId} are over`);
	if (committed.registeredAt >= round.opening.openedAtBlock) return wait("the data set counts from the next round on");
	const sampleSum = round.updates.reduce((sum, { sampleCount }) => sum + sampleCount, committed.sampleCount);
	if (round.updates.length >= standardProfile.maxUpdates || sampleSum > standardProfile.maxSampleSum) {
		return wait(`round ${roundId} is full`);
	}
	return { kind: "submitUpdate", round };
};

/** A hospital of the frozen set attests when the members have not finished in their time. */
const hospitalAttestation = (
	round: RoundRecord,
	hospital: Address,
	now: bigint,
): Wait | Extract<HospitalAction, { kind: "attestAsHospital" }> | undefined => {
	const { roundId, membersOnlyUntil, updates, hospitalAttestations } = round;
	if (round.phase !== "Opened" || membersOnlyUntil === undefined) return undefined;
	if (!updates.some((update) => update.hospital === hospital)) return undefined;
	if (hospitalAttestations.some((attestation) => attestation.hospital === hospital)) {
		return wait(`this hospital has attested to the model of round ${roundId}`);
	}
	return now > membersOnlyUntil ? { kind: "attestAsHospital", round } : undefined;
};

export type MemberView = {
	readonly studyId: bigint;
	readonly member: Address;
	/** Public key of the share key in the member's keystore. */
	readonly shareKey: ShareKey;
	readonly now: bigint;
	/** Number of the last block that is as deep in the chain as the member waits for: it signs for no set frozen after it. */
	readonly settledBlock: bigint;
};

const isSame = (one: ShareKey, other: ShareKey): boolean => one.x === other.x && one.y === other.y;

const nextActionInOpenRound = (round: RoundRecord, { member, now }: MemberView): MemberAction => {
	const { roundId, checkingDeadline } = round;
	if (!submissionsOver(round, now)) return wait(`round ${roundId} is open for updates`);
	const updates = round.updates.filter(({ confirmedBy }) => !confirmedBy.includes(member));
	if (updates.length === 0) return wait(`round ${roundId} is being checked by the other members`);
	if (now <= checkingDeadline) return { kind: "confirmAvailability", round, updates };
	return wait(`the time for checking round ${roundId} ended at ${utc(checkingDeadline)}`);
};

export const nextMemberAction = (ledger: Ledger, view: MemberView): MemberAction => {
	const { studyId, member, shareKey, now, settledBlock } = view;
	const study = ledger.studies.get(studyId);
	if (study === undefined) return wait(`study ${studyId} does not exist`);
	const round = activeRound(ledger, studyId);
	const seat = round?.opening.committee.indexOf(member) ?? -1;
	const seatKey = round?.opening.shareKeys[seat];
	const registered = ledger.members.get(member);
	const holdsSeat = seatKey !== undefined && isSame(seatKey, shareKey);
	const due = round === undefined ? undefined : housekeeping(round, study.parameters, now);
	if (due !== undefined) return due;
	// A key that is registered already is replaced by its owner's command alone: two workers with different keys would replace each other's.
	if (ledger.members.has(member) && registered === undefined) return { kind: "registerShareKey" };
	if (round === undefined || seat < 0) {
		if (registered === undefined) return wait("this wallet is not an admitted committee member");
		if (!isSame(registered, shareKey)) return wait("another share key of this member is registered (committee join)");
		return wait(round === undefined ? "no round is open" : "this wallet is not on the round's committee");
	}
	if (!holdsSeat) return wait("the round was opened with another share key of this member");
	if (round.phase === "Open") return nextActionInOpenRound(round, view);
	if (!round.keySums.some((keySum) => keySum.member === member)) {
		const settled = round.frozen !== undefined && round.frozen.place.blockNumber <= settledBlock;
		return settled
			? { kind: "postKeySum", round }
			: wait(`the frozen set of round ${round.roundId} is not deep enough in the chain yet`);
	}
	if (round.phase === "Opened" && !round.attestations.some((attestation) => attestation.member === member)) {
		return { kind: "attest", round };
	}
	return wait(`this member's part in round ${round.roundId} is done`);
};

export type CoordinatorAction =
	| Housekeeping
	| Wait
	| { readonly kind: "openRound"; readonly baseModelId: bigint; readonly committee: readonly Address[] };

export type CoordinatorView = {
	readonly studyId: bigint;
	/** Members that may be seated, in the order of their seats. */
	readonly pool: readonly Address[];
	/** Finalized rounds of the study after which no further one is opened. */
	readonly rounds?: number | undefined;
	readonly now: bigint;
};

/** The coordinator opens a round when none is active, enough hospitals have committed data and enough members of the pool have keys. */
export const nextCoordinatorAction = (
	ledger: Ledger,
	{ studyId, pool, rounds, now }: CoordinatorView,
): CoordinatorAction => {
	const study = ledger.studies.get(studyId);
	const model = currentModel(ledger, studyId);
	if (study === undefined || model === undefined) return wait(`study ${studyId} does not exist`);
	if (ledger.closedStudies.has(studyId)) return wait(`study ${studyId} was closed for good`);
	const { minUpdates, members } = study.parameters;
	const round = activeRound(ledger, studyId);
	if (round !== undefined) {
		const due = housekeeping(round, study.parameters, now);
		return due ?? wait(`round ${round.roundId} is ${round.phase.toLowerCase()}`);
	}
	const finalized = [...ledger.rounds.values()].filter(
		(ended) => ended.studyId === studyId && ended.phase === "Finalized",
	).length;
	if (rounds !== undefined && finalized >= rounds)
		return wait(`${finalized} rounds of study ${studyId} are finalized, as many as asked for`);
	const committed = ledger.datasets.get(studyId)?.size ?? 0;
	if (committed < minUpdates) return wait(`${committed} of at least ${minUpdates} hospitals have committed data`);
	const committee = chooseCommittee(ledger, { pool, size: members, roundId: BigInt(ledger.rounds.size + 1) });
	if (committee === undefined) return wait(`fewer than ${members} members of the pool have registered a share key`);
	return { kind: "openRound", baseModelId: model.modelId, committee };
};
