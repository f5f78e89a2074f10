/**
 * What a participant should do now, decided from the chain's state alone: a restarted worker needs no other memory.
 * Pure; the shells in worker/node carry it out.
 */
import type { Address } from "viem";
import { standardProfile } from "../protocol/profiles.ts";
import { activeRound, currentModel, type Ledger, type RoundRecord, type ShareKey } from "./ledger/state.ts";

/** What anyone may do for a round whose time has come. */
export type Housekeeping =
	| { readonly kind: "freeze"; readonly round: RoundRecord }
	| { readonly kind: "fail"; readonly round: RoundRecord };

export type Wait = { readonly kind: "wait"; readonly reason: string };

export type HospitalAction =
	| Housekeeping
	| Wait
	| { readonly kind: "commitDataset" }
	| { readonly kind: "submitUpdate"; readonly round: RoundRecord };

export type MemberAction =
	| Housekeeping
	| Wait
	| { readonly kind: "registerShareKey" }
	| { readonly kind: "postKeySum"; readonly round: RoundRecord }
	| { readonly kind: "attest"; readonly round: RoundRecord };

const wait = (reason: string): Wait => ({ kind: "wait", reason });

/** Block timestamps and deadlines are Unix seconds; the deadline's own second still counts as in time. */
export const housekeeping = (round: RoundRecord, minUpdates: number, now: bigint): Housekeeping | undefined => {
	const over = now > round.deadline;
	switch (round.phase) {
		case "Open": {
			const enough = round.updates.length >= minUpdates;
			// A removed update's hospital can't submit again and is not expected any more.
			const complete = round.updates.length >= round.opening.expectedUpdates - round.removed.length;
			if (enough && (over || complete)) return { kind: "freeze", round };
			return over ? { kind: "fail", round } : undefined;
		}
		case "Frozen":
		case "Opened":
			return over ? { kind: "fail", round } : undefined;
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
	const due = round === undefined ? undefined : housekeeping(round, study.parameters.minUpdates, now);
	// Before the deadline, freezing is left to members: they have checked the bundles, and a bad one in the set fails the round.
	if (due !== undefined && now > due.round.deadline) return due;
	const committed = ledger.datasets.get(studyId)?.get(hospital);
	const submitted = round?.updates.some((update) => update.hospital === hospital) ?? false;
	if (committed?.root !== datasetRoot) {
		// Replacing a commitment in the middle of a round would forfeit the round.
		return committed !== undefined && round?.phase === "Open" && !submitted
			? wait("the registered data set is another one; it can be replaced after this round")
			: { kind: "commitDataset" };
	}
	if (round === undefined) return wait("no round is open");
	if (round.phase !== "Open") return wait(`round ${round.roundId} is ${round.phase.toLowerCase()}`);
	if (submitted) return wait(`this hospital's update is in round ${round.roundId}`);
	if (round.removed.includes(hospital)) return wait(`this hospital's update was removed from round ${round.roundId}`);
	if (committed.registeredAt >= round.opening.openedAtBlock) return wait("the data set counts from the next round on");
	const sampleSum = round.updates.reduce((sum, { sampleCount }) => sum + sampleCount, committed.sampleCount);
	if (round.updates.length >= standardProfile.maxUpdates || sampleSum > standardProfile.maxSampleSum) {
		return wait(`round ${round.roundId} is full`);
	}
	return { kind: "submitUpdate", round };
};

export type MemberView = {
	readonly studyId: bigint;
	readonly member: Address;
	/** Public key of the share key in the member's keystore. */
	readonly shareKey: ShareKey;
	readonly now: bigint;
};

const isSame = (one: ShareKey, other: ShareKey): boolean => one.x === other.x && one.y === other.y;

export const nextMemberAction = (ledger: Ledger, { studyId, member, shareKey, now }: MemberView): MemberAction => {
	const study = ledger.studies.get(studyId);
	if (study === undefined) return wait(`study ${studyId} does not exist`);
	const round = activeRound(ledger, studyId);
	const seat = round?.opening.committee.indexOf(member) ?? -1;
	const seatKey = round?.opening.shareKeys[seat];
	const registered = ledger.members.get(member);
	const holdsSeat = seatKey !== undefined && isSame(seatKey, shareKey);
	const due = round === undefined ? undefined : housekeeping(round, study.parameters.minUpdates, now);
	if (due !== undefined) return due;
	// A key that is registered already is replaced by its owner's command alone: two workers with different keys would replace each other's.
	if (ledger.members.has(member) && registered === undefined) return { kind: "registerShareKey" };
	if (round === undefined || seat < 0) {
		if (registered === undefined) return wait("this wallet is not an admitted committee member");
		if (!isSame(registered, shareKey)) return wait("another share key of this member is registered (committee join)");
		return wait(round === undefined ? "no round is open" : "this wallet is not on the round's committee");
	}
	if (!holdsSeat) return wait("the round was opened with another share key of this member");
	if (round.phase === "Open") return wait(`round ${round.roundId} is open for updates`);
	if (!round.keySums.some((keySum) => keySum.member === member)) return { kind: "postKeySum", round };
	if (round.phase === "Opened" && !round.attestations.some((attestation) => attestation.member === member)) {
		return { kind: "attest", round };
	}
	return wait(`this member's part in round ${round.roundId} is done`);
};

export type CoordinatorAction = Housekeeping | Wait | { readonly kind: "openRound"; readonly baseModelId: bigint };

/** The coordinator opens a round when none is active and enough hospitals have committed data. */
export const nextCoordinatorAction = (
	ledger: Ledger,
	{ studyId, now }: { readonly studyId: bigint; readonly now: bigint },
): CoordinatorAction => {
	const study = ledger.studies.get(studyId);
	const model = currentModel(ledger, studyId);
	if (study === undefined || model === undefined) return wait(`study ${studyId} does not exist`);
	const round = activeRound(ledger, studyId);
	if (round === undefined) {
		const committed = ledger.datasets.get(studyId)?.size ?? 0;
		const { minUpdates } = study.parameters;
		return committed >= minUpdates
			? { kind: "openRound", baseModelId: model.modelId }
			: wait(`${committed} of at least ${minUpdates} hospitals have committed data`);
	}
	return (
		housekeeping(round, study.parameters.minUpdates, now) ??
		wait(`round ${round.roundId} is ${round.phase.toLowerCase()}`)
	);
};
