"use client";

import { Group, Text } from "@mantine/core";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { PageHeader } from "../layout/PageHeader.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { CurrentRound } from "./CurrentRound.tsx";
import { Events } from "./Events.tsx";
import { Participants } from "./Participants.tsx";
import { Quality } from "./Quality.tsx";
import { StudyHeader } from "./StudyHeader.tsx";

/** The study that the address names, else the latest one. */
const chosenStudy = (wanted: string | null, studies: readonly bigint[]): bigint | undefined => {
	if (wanted === null) return studies.at(-1);
	return studies.find((studyId) => String(studyId) === wanted);
};

export const Overview = () => {
	const state = useLedger();
	const wanted = useSearchParams().get("study");
	const header = (
		<PageHeader
			title="Overview"
			description="Hospitals train one network together. What is shown here is read from the chain and IPFS in this browser."
		/>
	);
	if (state.status === "loading") {
		return (
			<>
				{header}
				<LoadingState what="the chain" />
			</>
		);
	}
	if (state.status === "error") {
		return (
			<>
				{header}
				<ErrorState error={state.error} onRetry={state.retry} />
			</>
		);
	}
	const { ledger, events } = state;
	const studies = [...ledger.studies.keys()];
	const studyId = chosenStudy(wanted, studies);
	if (studyId === undefined) {
		return (
			<>
				{header}
				{studies.length === 0 ? (
					<EmptyState title="No study yet">
						<Text>
							The contracts are there, but nobody has created a study. The coordinator does so on the{" "}
							<Link href="/coordinator" prefetch={false}>
								coordinator's page
							</Link>
							.
						</Text>
					</EmptyState>
				) : (
					<EmptyState title={`There is no study ${wanted}`}>
						<Group gap="sm">
							{studies.map((id) => (
								<Link key={id} href={`/?study=${id}`} prefetch={false}>
									Study {String(id)}
								</Link>
							))}
						</Group>
					</EmptyState>
				)}
				<Events events={events} studyId={undefined} />
			</>
		);
	}
	return (
		<>
			{header}
			<StudyHeader ledger={ledger} studyId={studyId} />
			<CurrentRound ledger={ledger} events={events} studyId={studyId} />
			<Participants ledger={ledger} studyId={studyId} />
			<Quality ledger={ledger} studyId={studyId} />
			<Events events={events} studyId={studyId} />
		</>
	);
};
