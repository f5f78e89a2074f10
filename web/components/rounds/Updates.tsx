"use client";

import { useEffect, useState } from "react";
import { useStudy } from "@/lib/studies.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Update } from "./Update.tsx";
import type { RoundView } from "./useRound.ts";

/** With more updates than these, their proofs are shown on demand. */
const MOST_OPEN = 4;

const anchorOf = (hospital: string): string => `update-${hospital}`.toLowerCase();

/** The part of the page that the address names: its content comes later than the browser looks for it. */
const useAnchor = (): string => {
	const [anchor, setAnchor] = useState("");
	useEffect(() => {
		const read = () => setAnchor(decodeURIComponent(location.hash.slice(1)).toLowerCase());
		read();
		addEventListener("hashchange", read);
		return () => removeEventListener("hashchange", read);
	}, []);
	return anchor;
};

export const Updates = ({ view }: { readonly view: RoundView }) => {
	const { history, round } = view;
	const { data: study } = useStudy(round.studyId);
	const anchor = useAnchor();
	const { submissions } = history;
	return (
		<Section title="Updates and their proofs">
			{submissions.length === 0 ? <EmptyState title="No update was submitted" /> : null}
			{submissions.map((submission) => (
				<Update
					// A removed hospital that was admitted again may submit twice.
					key={submission.position}
					view={view}
					submission={submission}
					isNamed={anchorOf(submission.hospital) === anchor}
					isOpen={submissions.length <= MOST_OPEN}
					normBound={study?.updateNormBound}
				/>
			))}
		</Section>
	);
};
