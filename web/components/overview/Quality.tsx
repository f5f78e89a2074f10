"use client";

import { Box, Text } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useEvaluations } from "@/lib/evaluation/useEvaluations.ts";
import { counted } from "@/lib/words/numbers.ts";
import { qualityChart } from "@/lib/words/quality.ts";
import type { Ledger } from "../../../worker/core/ledger/state.ts";
import { LineChart } from "../charts/LineChart.tsx";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";

type QualityProps = { readonly ledger: Ledger; readonly studyId: bigint };

/** The chart by itself, when it has come into view: models are fetched and evaluated for it. */
const Chart = ({ ledger, studyId }: QualityProps) => {
	const models = useMemo(
		() => [...ledger.models.values()].filter((model) => model.studyId === studyId),
		[ledger, studyId],
	);
	const definition = ledger.studies.get(studyId)?.parameters.definitionDigest;
	const { heldOut, byModel } = useEvaluations(definition, models);
	const results = [...byModel.values()];
	const done = results.filter(({ isSuccess }) => isSuccess).length;
	// biome-ignore lint/correctness/useExhaustiveDependencies: the map is new each time; its content changes when another model is done
	const data = useMemo(() => qualityChart(models, (modelId) => byModel.get(modelId)?.data), [models, done]);
	const failed = results.find(({ isError }) => isError);
	if (heldOut === undefined) {
		return (
			<EmptyState title="No public rows to evaluate on">
				The configuration names no held-out rows for this deployment, so this browser can't tell how good the models
				are.
			</EmptyState>
		);
	}
	const first = results.find(({ data: metrics }) => metrics !== undefined)?.data;
	return (
		<>
			<Text size="sm" c="dimmed" mb="sm">
				Computed in this browser, from the models on IPFS and public rows that nobody trained on
				{first === undefined ? "" : ` (${counted(first.sampleCount, "row")})`}: {heldOut.description}. Bands are 95 %
				intervals. Nothing of this is proven.
			</Text>
			{failed === undefined ? null : <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
			{done < results.length && failed === undefined ? (
				<LoadingState what={`the evaluation: ${done} of ${counted(results.length, "model")}`} />
			) : null}
			{done === 0 ? null : <LineChart title="Accuracy and AUC of the global model by round" data={data} />}
		</>
	);
};

export const Quality = (props: QualityProps) => {
	const { ref, entry } = useIntersection();
	const [seen, setSeen] = useState(false);
	if (!seen && entry?.isIntersecting === true) setSeen(true);
	return (
		<Section title="Quality of the global model">
			<Box ref={ref} mih={60}>
				{seen ? <Chart {...props} /> : null}
			</Box>
		</Section>
	);
};
