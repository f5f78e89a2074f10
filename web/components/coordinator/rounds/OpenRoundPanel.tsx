"use client";

import { NativeSelect } from "@mantine/core";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { Section } from "../../layout/Section.tsx";
import { EmptyState } from "../../states/EmptyState.tsx";
import { useAddressBar } from "../useAddressBar.ts";
import { OpenRoundForm } from "./OpenRoundForm.tsx";

/** Which study's round to open, and the form for it. */
export const OpenRoundPanel = ({ snapshot }: { readonly snapshot: LedgerSnapshot }) => {
	const { studies } = snapshot.ledger;
	const { get, set } = useAddressBar();
	const asked = get("study");
	const study = [...studies.values()].find(({ studyId }) => String(studyId) === asked) ?? [...studies.values()].at(-1);
	if (study === undefined) {
		return (
			<Section title="Open a round">
				<EmptyState title="No study exists yet">Create one first, in the tab before this.</EmptyState>
			</Section>
		);
	}
	return (
		<Section title={`Open a round of study ${study.studyId}`}>
			{studies.size < 2 ? null : (
				<NativeSelect
					label="Study"
					mb="md"
					maw={320}
					data={[...studies.keys()].map((studyId) => ({ value: String(studyId), label: `Study ${studyId}` }))}
					value={String(study.studyId)}
					onChange={({ currentTarget }) => set({ study: currentTarget.value })}
				/>
			)}
			<OpenRoundForm key={String(study.studyId)} snapshot={snapshot} study={study} />
		</Section>
	);
};
