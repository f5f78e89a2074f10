/** Why rounds fail, in words. */
import type { FailureReason, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { counted } from "./numbers.ts";

export type FailureWords = { readonly title: string; readonly explanation: string };

/** A failed round changes nothing: said with every reason. */
export const FAILURE_CONSEQUENCE = "The study's current model is unchanged, and its next round can open.";

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
		case "NotOpened":
			return {
				title: "Too few key sums",
				explanation: `At the deadline ${counted(round.keySums.length, "member")} had posted a key sum; ${threshold} are needed to open the sum. No update was opened.`,
			};
		case "NotAttested":
			return {
				title: "No agreement on the new model",
				explanation: `At the deadline no ${threshold} members had attested to the same model.`,
			};
		case "InconsistentUpdate":
			return {
				title: "An update was false",
				explanation:
					"A bundle of the frozen set was shown not to be what its proof says. The set can't change once frozen, so the round failed, and the hospital was barred.",
			};
	}
};
