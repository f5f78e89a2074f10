/** A committee member's worker: opens its share of the key sum for ONE frozen set a round, and attests to the model that it recomputed. */
import type { Address } from "viem";
import { activeRound, type RoundRecord } from "../core/ledger/state.ts";
import { type MemberAction, nextMemberAction } from "../core/nextAction.ts";
import { publicKeyOf } from "../protocol/babyJubJub.ts";
import { attestModel } from "./attestation.ts";
import { watchUpdates } from "./challenge.ts";
import { carryOutUnlessDone } from "./housekeeping.ts";
import { postKeySum } from "./keySum.ts";
import { type Member, registerShareKey } from "./member.ts";
import { readLedger, requireStudy } from "./participant.ts";

export { type Member, registerShareKey } from "./member.ts";

export type MemberStep =
	| MemberAction
	/** Bundles that were not what their proofs say; not decided from the chain alone, so no MemberAction. */
	| { readonly kind: "challenge"; readonly round: RoundRecord; readonly hospitals: readonly Address[] };

/** Looks at the chain and does what is due: one action, or none. */
export const memberStep = async (member: Member, studyId: bigint): Promise<MemberStep> => {
	const { ledger, now, blockNumber: decidedAt } = await readLedger(member.connection, member.confirmations);
	const shareKey = publicKeyOf(member.shareKey);
	const round = activeRound(ledger, studyId);
	if (round !== undefined) {
		const hospitals = await watchUpdates(member, round, requireStudy(ledger, studyId));
		if (hospitals.length > 0) return { kind: "challenge", round, hospitals };
	}
	const action = nextMemberAction(ledger, { studyId, member: member.transactor.address, shareKey, now });
	switch (action.kind) {
		case "registerShareKey":
			await registerShareKey(member, { decidedAt });
			return action;
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
			return action;
	}
};
