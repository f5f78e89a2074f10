"use client";

import { Button, Group, Stack } from "@mantine/core";
import Link from "next/link";
import { useMemo, useState } from "react";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { openRoundCall } from "@/lib/coordinator/calls.ts";
import type { OpeningReview } from "@/lib/coordinator/openingReview.ts";
import { Status } from "../../values/Status.tsx";
import { Signing } from "../Signing.tsx";

type OpeningPanelProps = {
	readonly snapshot: LedgerSnapshot;
	readonly studyId: bigint;
	readonly review: OpeningReview;
	readonly onBack: () => void;
};

/** The opening's transaction, from review to its end. */
export const OpeningPanel = ({ snapshot, studyId, review, onBack }: OpeningPanelProps) => {
	const { ledger, deployment } = snapshot;
	const { roundId } = review;
	// As of when it was opened: the transaction itself makes the round.
	const [exists] = useState(() => ledger.rounds.has(roundId));
	const [{ committee, durations }] = useState(review);
	const call = useMemo(
		() => openRoundCall(deployment, studyId, committee, durations),
		[deployment, studyId, committee, durations],
	);
	return (
		<Stack gap="md">
			{exists ? (
				<Status tone="ok" label={`Round ${roundId} exists`} />
			) : (
				<Signing sendKey={`open-round-${studyId}-${roundId}`} call={call} contract="roundManager" />
			)}
			<Group>
				<Button variant="default" onClick={onBack}>
					Back to the form
				</Button>
				{ledger.rounds.has(roundId) ? <Link href={`/rounds/${roundId}`}>Show round {String(roundId)}</Link> : null}
			</Group>
		</Stack>
	);
};
