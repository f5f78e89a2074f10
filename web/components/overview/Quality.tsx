"use client";

import { Box } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { useConfig } from "@/lib/config/context.tsx";
import { studyLineage } from "@/lib/evaluation/lineage.ts";
import { useEvaluations } from "@/lib/evaluation/useEvaluations.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { LoadingState } from "../states/LoadingState.tsx";

type QualityProps = { readonly ledger: Ledger; readonly studyId: bigint };

const MetricsChart = dynamic(() => import("../models/MetricsChart.tsx").then((module) => module.MetricsChart), {
	ssr: false,
	loading: () => <LoadingState what="the chart" />,
});

/** Fetches and evaluates the models for the chart: only once it has come into view. */
const Chart = ({ ledger, studyId }: QualityProps) => {
	const { models } = useMemo(() => studyLineage(ledger, studyId), [ledger, studyId]);
	const evaluations = useEvaluations(ledger.studies.get(studyId)?.parameters.definitionDigest, models);
	return <MetricsChart models={models} evaluations={evaluations} />;
};

export const Quality = (props: QualityProps) => {
	const { heldOut } = useConfig();
	const { ref, entry } = useIntersection();
	const [seen, setSeen] = useState(false);
	if (!seen && entry?.isIntersecting === true) setSeen(true);
	return (
		<Section title="Quality of the global model">
			{/* As high as the chart will be: what is below stays where it is. */}
			<Box ref={ref} mih={heldOut === undefined ? 60 : 380}>
				{seen ? <Chart {...props} /> : null}
			</Box>
		</Section>
	);
};
