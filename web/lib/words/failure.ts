/** Why rounds fail, in words. */
import type { FailureReason, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { counted } from "./numbers.ts";

export type FailureWords = { readonly title: string; readonly explanation: string };

/** A failed round changes nothing: said with every reason. */
export const failureConsequence = (reason: FailureReason): string =>
	reason === "StudyClosed"
		? "The study's current model is unchanged, and stays its last."
		: "The study's current model is unchanged, and its next round can open.";

type Thresholds = { readonly threshold: number; readonly minUpdates: number };

export const failureWords = (
	reason: FailureReason,
	round: Pick<RoundRecord, "updates" | "keySums">,
	{ threshold, minUpdates }: Thresholds,
): FailureWords => {
	switch (reason) {
		case "None":
			return { title: "No reason given", explanation: "The contract names no reason." };
		case "NotEnoughUpdates":
			return {
				title: "Too few updates",
				explanation: `At the submission deadline the round had ${counted(round.updates.length, "update")}; the study needs at least ${minUpdates}.`,
			};
		case "NotEnoughAvailable":
			return {
				title: "Too few bundles held by the committee",
				explanation: `${counted(round.updates.length, "update")} came, but at the end of checking fewer than ${minUpdates} had a bundle that at least ${threshold} members hold.`,
			};
		case "Cancelled":
			return {
				title: "Cancelled",
				explanation: "The coordinator cancelled it before its set of updates was frozen. Nothing of it was opened.",
			};
		case "StudyClosed":
			return {
				title: "It could not be finished",
				explanation: `Its set was frozen, ${counted(round.keySums.length, "member")} posted a key sum and ${threshold} are needed, or the bundles are lost. A frozen round is never repeated, so the study was closed for good.`,
			};
	}
};
