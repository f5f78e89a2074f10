"use client";

import { useMemo } from "react";
import { enrolment } from "@/lib/words/enrolment.ts";
import { counted } from "@/lib/words/numbers.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { PlainTable } from "../rounds/PlainTable.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Party } from "../values/Party.tsx";
import { Status } from "../values/Status.tsx";

type ParticipantsProps = { readonly ledger: Ledger; readonly studyId: bigint };

/** Hospitals and committee members of the study, at a glance. */
export const Participants = ({ ledger, studyId }: ParticipantsProps) => {
	const { hospitals, members } = useMemo(() => enrolment(ledger, studyId), [ledger, studyId]);
	return (
		<Section title="Participants">
			{hospitals.length === 0 ? (
				<EmptyState title="No hospital yet">The coordinator admits hospitals by their addresses.</EmptyState>
			) : (
				<PlainTable
					caption={counted(hospitals.length, "hospital")}
					head={["Hospital", "State", "Data set", "Updates used in models"]}
					rows={hospitals.map(({ address, tone, state, dataset, used }) => ({
						key: address,
						cells: [<Party key="p" address={address} />, <Status key="s" tone={tone} label={state} />, dataset, used],
					}))}
				/>
			)}
			{members.length === 0 ? (
				<EmptyState title="No committee member yet">The coordinator admits members by their addresses.</EmptyState>
			) : (
				<PlainTable
					caption={counted(members.length, "committee member")}
					head={["Member", "State", "Key sums", "Attestations"]}
					rows={members.map(({ address, tone, state, keySums, attestations }) => ({
						key: address,
						cells: [
							<Party key="p" address={address} />,
							<Status key="s" tone={tone} label={state} />,
							keySums,
							attestations,
						],
					}))}
				/>
			)}
		</Section>
	);
};
