"use client";

import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { ACT_NAMES } from "@/lib/coordinator/acts.ts";
import { Section } from "../../layout/Section.tsx";
import { EmptyState } from "../../states/EmptyState.tsx";
import { useAddressBar } from "../useAddressBar.ts";
import { RoundCard } from "./RoundCard.tsx";

/** The rounds that have not ended. */
export const RoundsPanel = ({ snapshot }: { readonly snapshot: LedgerSnapshot }) => {
	const { rounds, studies } = snapshot.ledger;
	const { get, set } = useAddressBar();
	const asked = get("act");
	const act = ACT_NAMES.find((name) => name === asked);
	const shown = get("round");
	// A round whose end was just signed here stays on the page, so that its transaction can be seen.
	const listed = [...rounds.values()].filter(
		({ phase, roundId }) =>
			(phase !== "Finalized" && phase !== "Failed") || (act !== undefined && String(roundId) === shown),
	);
	if (listed.length === 0) {
		return (
			<Section title="Rounds under way">
				<EmptyState title="No round is under way">Open one in the tab before this.</EmptyState>
			</Section>
		);
	}
	return listed.map((round) => {
		const study = studies.get(round.studyId);
		return study === undefined ? null : (
			<RoundCard
				key={String(round.roundId)}
				snapshot={snapshot}
				round={round}
				study={study}
				open={String(round.roundId) === shown ? act : undefined}
				onOpen={(name) => set({ act: name, round: name === undefined ? undefined : String(round.roundId) })}
			/>
		);
	});
};
