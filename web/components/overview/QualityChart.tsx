"use client";

import { useMemo } from "react";
import { studyLineage } from "@/lib/evaluation/lineage.ts";
import { useEvaluations } from "@/lib/evaluation/useEvaluations.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { MetricsChart } from "../models/MetricsChart.tsx";

export type QualityProps = { readonly ledger: Ledger; readonly studyId: bigint };

/** Fetches and evaluates the models for the chart: loaded once it has come into view. */
export const QualityChart = ({ ledger, studyId }: QualityProps) => {
	const { models } = useMemo(() => studyLineage(ledger, studyId), [ledger, studyId]);
	const evaluations = useEvaluations(ledger.studies.get(studyId)?.parameters.definitionDigest, models);
	return <MetricsChart models={models} evaluations={evaluations} />;
};
