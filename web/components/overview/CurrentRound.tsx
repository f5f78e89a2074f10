"use client";

import { Group, Text } from "@mantine/core";
import Link from "next/link";
import { useMemo } from "react";
import { roundPath } from "@/lib/words/transaction.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import { activeRound, type Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { PhaseStatus } from "../rounds/PhaseStatus.tsx";
import { RoundClock } from "../rounds/RoundClock.tsx";
import { Timeline } from "../rounds/Timeline.tsx";
import { historiesOf, roundsOf } from "../rounds/useRound.ts";
import { EmptyState } from "../states/EmptyState.tsx";

type CurrentRoundProps = {
	readonly ledger: Ledger;
	readonly events: readonly LedgerEvent[];
	readonly studyId: bigint;
};

/** The study's round that goes on, else its last one. */
export const CurrentRound = ({ ledger, events, studyId }: CurrentRoundProps) => {
	const active = useMemo(() => activeRound(ledger, studyId), [ledger, studyId]);
	const last = ledger.rounds.get(roundsOf(ledger, studyId).at(-1) ?? 0n);
	const round = active ?? last;
	const study = ledger.studies.get(studyId);
	if (round === undefined || study === undefined) {
		return (
			<Section title="Current round">
				<EmptyState title="No round yet">
					The coordinator opens the first one when enough hospitals have committed to their data.
				</EmptyState>
			</Section>
		);
	}
	return (
		<RoundClock round={round}>
			<Section
				title={active === undefined ? `Last round: round ${round.roundId}` : `Current round: round ${round.roundId}`}
				actions={
					<Group gap="md">
						<PhaseStatus round={round} />
						<Link href={roundPath(round.roundId)} prefetch={false}>
							All of round {String(round.roundId)}
						</Link>
					</Group>
				}
			>
				{active === undefined ? (
					<Text mb="md">No round is going on; the coordinator can open the next one.</Text>
				) : null}
				<Timeline round={round} thresholds={study.parameters} history={historiesOf(events).get(round.roundId)} />
			</Section>
		</RoundClock>
	);
};
