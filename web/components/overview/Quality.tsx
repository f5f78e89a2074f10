"use client";

import { useMemo } from "react";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";

type QualityProps = { readonly ledger: Ledger; readonly studyId: bigint };

export const Quality = ({ ledger, studyId }: QualityProps) => {
	useMemo(() => [ledger, studyId], [ledger, studyId]);
	return (
		<Section title="Quality of the global model">
			<EmptyState title="Not evaluated" />
		</Section>
	);
};
