"use client";

import { Group } from "@mantine/core";
import Link from "next/link";
import { modelPath, roundPath } from "@/lib/words/transaction.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { PageHeader } from "../layout/PageHeader.tsx";
import { Countdown } from "../values/Countdown.tsx";
import { When } from "../values/When.tsx";
import { PhaseStatus } from "./PhaseStatus.tsx";
import { useRoundTime } from "./RoundClock.tsx";
import { type RoundView, roundsOf } from "./useRound.ts";

type RoundHeaderProps = { readonly view: RoundView; readonly ledger: Ledger };

const Neighbours = ({ view: { round }, ledger }: RoundHeaderProps) => {
	const rounds = roundsOf(ledger, round.studyId);
	const at = rounds.indexOf(round.roundId);
	const [previous, next] = [rounds[at - 1], rounds[at + 1]];
	return (
		<Group component="nav" aria-label="Rounds of the study" gap="md">
			{previous === undefined ? null : (
				<Link href={roundPath(previous)} prefetch={false}>
					← Round {String(previous)}
				</Link>
			)}
			{next === undefined ? null : (
				<Link href={roundPath(next)} prefetch={false}>
					Round {String(next)} →
				</Link>
			)}
			{/* The audit's page has a policy of its own: it is always loaded anew. */}
			<a href="/audit">Audit</a>
		</Group>
	);
};

const Deadline = ({ view: { round } }: { readonly view: RoundView }) => {
	const now = useRoundTime();
	if (round.phase === "Finalized" || round.phase === "Failed") return null;
	if (round.phase === "Frozen") return <span>No deadline: it waits for its committee</span>;
	const isChecking = round.phase === "Open" && (round.closed || now > round.deadline);
	const deadline = round.membersOnlyUntil ?? (isChecking ? round.checkingDeadline : round.deadline);
	return (
		<span>
			{round.phase === "Opened" ? "Members alone attest until" : "Deadline"} <When seconds={deadline} />:{" "}
			<Countdown until={deadline} />
		</span>
	);
};

export const RoundHeader = ({ view, ledger }: RoundHeaderProps) => {
	const { round } = view;
	return (
		<PageHeader
			title={`Round ${round.roundId}`}
			description={
				<Group gap="md">
					<PhaseStatus round={round} />
					<Deadline view={view} />
					<span>
						of{" "}
						<Link href={`/?study=${round.studyId}`} prefetch={false}>
							study {String(round.studyId)}
						</Link>
						, trained from{" "}
						<Link href={modelPath(round.baseModelId)} prefetch={false}>
							model {String(round.baseModelId)}
						</Link>
					</span>
				</Group>
			}
			actions={<Neighbours view={view} ledger={ledger} />}
		/>
	);
};
