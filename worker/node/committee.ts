/**
 * A committee member's worker: keeps every bundle and says so, opens its share of the key sum for ONE frozen set over the same base weights, and
 * attests to the model that it recomputed.
 */
import type { Address } from "viem";
import { activeRound, type RoundRecord, type StudyRecord } from "../core/ledger/state.ts";
import { type MemberAction, nextMemberAction } from "../core/nextAction.ts";
import { publicKeyOf } from "../protocol/babyJubJub.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { attestModel } from "./attestation.ts";
import { confirmAvailability, type Unavailable } from "./availability.ts";
import { type Watch, watchUpdates } from "./challenge.ts";
import { carryOutUnlessDone } from "./housekeeping.ts";
import { postKeySum } from "./keySum.ts";
import { unexpectedHospitals } from "./knownHospitals.ts";
import { type Member, registerShareKey } from "./member.ts";
import { readLedger, requireStudy } from "./participant.ts";

export { type Member, registerShareKey } from "./member.ts";

export type MemberStep = (
	| MemberAction
	/** Bundles that were not what their proofs say; not decided from the chain alone, so no MemberAction. */
	| { readonly kind: "challenge"; readonly round: RoundRecord; readonly hospitals: readonly Address[] }
) & {
	/** Updates of the active round whose bundles this member can't have or did not find proven. It tries again at each step. */
	readonly unavailable?: readonly Unavailable[];
};

type Confirmation = Extract<MemberAction, { kind: "confirmAvailability" }>;

/** Confirms what is held; the rest is tried again at the next step. */
const confirm = async (
	member: Member,
	{ round, updates }: Confirmation,
	study: StudyRecord,
	{ held, unavailable: missing }: Watch,
): Promise<MemberStep> => {
	const unexpected = await unexpectedHospitals(member, round, study);
	const refused = [...unexpected].map(([hospital, problem]) => ({
		hospital,
		code: "HOSPITALS_UNEXPECTED" as const,
		problem: `${hospital} ${problem}`,
	}));
	const unavailable = [...missing, ...refused];
	const positions = new Set(held.map(({ position }) => position));
	const confirmed = updates.filter(({ position, hospital }) => positions.has(position) && !unexpected.has(hospital));
	if (confirmed.length === 0) {
		const reason = `${unavailable.length} bundles of round ${round.roundId} can't be had or are not to be confirmed yet`;
		return { kind: "wait", reason, unavailable };
	}
	try {
		await confirmAvailability(member, round, confirmed);
		return { kind: "confirmAvailability", round, updates: confirmed, unavailable };
	} catch (error) {
		if (!isDecentraHealthError(error) || error.code !== "CONTRACT_REVERTED") throw error;
		const { ledger, now } = await readLedger(member.connection);
		const current = ledger.rounds.get(round.roundId);
		const isSame = confirmed.every(({ position, bundleDigest }) =>
			current?.updates.some(
				(update) =>
					update.position === position &&
					update.bundleDigest === bundleDigest &&
					!update.confirmedBy.includes(member.transactor.address),
			),
		);
		if (current?.phase === "Open" && now <= current.checkingDeadline && isSame) throw error;
		return { kind: "wait", reason: `round ${round.roundId} has changed meanwhile`, unavailable };
	}
};

/** Looks at the chain and does what is due: one action, or none. Safe to kill at any point. */
export const memberStep = async (member: Member, studyId: bigint): Promise<MemberStep> => {
	const { ledger, now, blockNumber } = await readLedger(member.connection);
	const { address } = member.transactor;
	const round = activeRound(ledger, studyId);
	let watch: Watch = { held: [], challenged: [], unavailable: [] };
	// A member without a seat in this round waits for the next.
	if (round?.opening.committee.includes(address)) {
		watch = await watchUpdates(member, round, requireStudy(ledger, studyId));
		const { challenged: hospitals, unavailable } = watch;
		if (hospitals.length > 0) return { kind: "challenge", round, hospitals, unavailable };
	}
	const { unavailable } = watch;
	const action = nextMemberAction(ledger, {
		studyId,
		member: address,
		shareKey: publicKeyOf(member.shareKey),
		now,
		settledBlock: blockNumber - BigInt(member.confirmations),
	});
	switch (action.kind) {
		case "registerShareKey":
			await registerShareKey(member, { decidedAt: blockNumber });
			return action;
		case "confirmAvailability":
			return confirm(member, action, requireStudy(ledger, studyId), watch);
		case "postKeySum":
			await postKeySum(member, action.round, requireStudy(ledger, studyId));
			return action;
		case "attest":
			await attestModel(member, action.round, requireStudy(ledger, studyId));
			return action;
		case "freeze":
		case "fail":
			return carryOutUnlessDone(member, action);
		case "wait":
			return unavailable.length === 0 ? action : { ...action, unavailable };
	}
};
