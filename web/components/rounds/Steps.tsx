"use client";

import { Section } from "../layout/Section.tsx";
import { Timeline } from "./Timeline.tsx";
import type { RoundView } from "./useRound.ts";

export const Steps = ({ view: { round, study, history } }: { readonly view: RoundView }) => (
	<Section title="Steps">
		<Timeline round={round} thresholds={study.parameters} history={history} />
	</Section>
);
