/** Where a committee member stands: from the chain and its worker alone. */
import type { Address } from "viem";
import { activeRound, type Ledger, type RoundRecord, type ShareKey } from "../../../worker/core/ledger/state.ts";
import type { OfferedAction } from "../../../worker/protocol/offeredActions.ts";
import type { Offer } from "./schemas.ts";
import type { Turn } from "./steps.ts";
import type { WorkerView } from "./workerStore.ts";

export const MEMBER_STEPS = ["admission", "join", "seat", "confirm", "open", "attest", "done"] as const;
export type MemberStep = (typeof MEMBER_STEPS)[number];

export type MemberStanding = {
	readonly current: MemberStep;
	readonly turn: Turn;
	readonly admitted: boolean;
	readonly shareKey: ShareKey | undefined;
	readonly round: RoundRecord | undefined;
	/** 1 to n on the round's committee; undefined without a seat. */
	readonly seat: number | undefined;
	/** Updates whose bundles this member confirmed. */
	readonly confirmed: number;
	readonly hasOpened: boolean;
	readonly hasAttested: boolean;
	/** What waits for the wallet, by action. */
	readonly offerOf: (action: OfferedAction) => Offer | undefined;
};

/** What each offered action belongs to; others (freeze, fail, challengeUpdate) stand apart from the steps. */
const STEP_OF_OFFER: Partial<Record<OfferedAction, MemberStep>> = {
	registerShareKey: "join",
	confirmAvailability: "confirm",
	postKeySum: "open",
	attest: "attest",
};

export const memberStanding = (ledger: Ledger, member: Address, worker: WorkerView): MemberStanding => {
	const { status, offers } = worker;
	const studyId = status?.study === null || status === undefined ? undefined : BigInt(status.study.id);
	const round = studyId === undefined ? undefined : activeRound(ledger, studyId);
	const seat = (round?.opening.committee.indexOf(member) ?? -1) + 1;
	const admitted = ledger.members.has(member);
	const shareKey = ledger.members.get(member);
	const confirmed = round?.updates.filter(({ confirmedBy }) => confirmedBy.includes(member)).length ?? 0;
	const hasOpened = round?.keySums.some((keySum) => keySum.member === member) ?? false;
	const hasAttested = round?.attestations.some((attestation) => attestation.member === member) ?? false;
	const facts = {
		admitted,
		shareKey,
		round,
		seat: seat === 0 ? undefined : seat,
		confirmed,
		hasOpened,
		hasAttested,
		offerOf: (action: OfferedAction) => offers.find((offer) => offer.action === action),
	};
	const at = (current: MemberStep, turn?: Turn): MemberStanding => {
		const offered = offers.some(({ action }) => STEP_OF_OFFER[action] === current);
		const computed: Turn = offered ? "you" : status?.next.state === "working" ? "worker" : "others";
		return { ...facts, current, turn: turn ?? computed };
	};

	// A seat is kept by a member that was removed: the round took a snapshot.
	if (!admitted && seat === 0) return at("admission", "others");
	if (shareKey === undefined && seat === 0) return at("join");
	if (round === undefined || seat === 0) return at("seat", "others");
	if (round.phase === "Open") return at("confirm");
	if (!hasOpened) return at("open");
	return hasAttested ? at("done", "nobody") : at("attest");
};
