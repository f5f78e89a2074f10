"use client";

import { phaseWords } from "@/lib/words/standing.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { Status } from "../values/Status.tsx";
import { useRoundTime } from "./RoundClock.tsx";

/** A round's phase, by the clock of the RoundClock above; told when it changes. */
export const PhaseStatus = ({ round }: { readonly round: RoundRecord }) => {
	const { tone, label } = phaseWords(round, useRoundTime());
	return (
		<span role="status">
			<Status tone={tone} label={label} />
		</span>
	);
};
