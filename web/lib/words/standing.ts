/** A round's phase in a word, with its tone. */
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { submissionsOver } from "../../../worker/core/nextAction.ts";
import type { Tone } from "./event.ts";

export type PhaseWords = { readonly tone: Tone; readonly label: string };

/** @param now Unix seconds by the chain's clock */
export const phaseWords = (round: RoundRecord, now: bigint): PhaseWords => {
	switch (round.phase) {
		case "Open":
			return { tone: "info", label: submissionsOver(round, now) ? "Open: members check" : "Open for updates" };
		case "Frozen":
			return { tone: "info", label: "Frozen: key sums awaited" };
		case "Opened":
			return { tone: "info", label: "Opened: attestations awaited" };
		case "Finalized":
			return { tone: "ok", label: "Finalized" };
		case "Failed":
			return { tone: "bad", label: "Failed" };
	}
};
