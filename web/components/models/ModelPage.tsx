"use client";

import { Text } from "@mantine/core";
import Link from "next/link";
import { type LedgerSnapshot, useLedger } from "@/lib/chain/ledger.tsx";
import { useEvaluations } from "@/lib/evaluation/useEvaluations.ts";
import { useGlobalModel, useStudy } from "@/lib/studies.ts";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import { PageHeader } from "../layout/PageHeader.tsx";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { MetricsDetails } from "./MetricsDetails.tsx";
import { ModelDownload } from "./ModelDownload.tsx";
import { ModelFacts } from "./ModelFacts.tsx";
import { NoRows } from "./NoRows.tsx";
import { NotForClinicalUse } from "./NotForClinicalUse.tsx";
import { TryModel } from "./TryModel.tsx";

type ModelContentProps = { readonly snapshot: LedgerSnapshot; readonly record: ModelRecord };

const ModelContent = ({ snapshot, record }: ModelContentProps) => {
	const { ledger, chainId, deployment } = snapshot;
	const { roundManager } = deployment;
	const { studyId, modelId, roundId } = record;
	const study = useStudy(studyId);
	const model = useGlobalModel(modelId);
	const definition = ledger.studies.get(studyId)?.parameters.definitionDigest;
	const { heldOut, byModel } = useEvaluations(definition, [record]);
	if (study.error !== null) return <ErrorState error={study.error} onRetry={() => void study.refetch()} />;
	if (model.error !== null) return <ErrorState error={model.error} onRetry={() => void model.refetch()} />;
	if (study.data === undefined || model.data === undefined) return <LoadingState what="the model's weights" />;
	return (
		<>
			<Section title="What it is">
				<ModelFacts
					deployment={{ chainId, roundManager }}
					record={record}
					round={ledger.rounds.get(roundId)}
					study={study.data}
					model={model.data}
				/>
			</Section>
			<Section title="Quality">
				{heldOut === undefined ? (
					<NoRows />
				) : (
					<MetricsDetails
						result={byModel.get(modelId)}
						classNames={study.data.classes}
						description={heldOut.description}
					/>
				)}
			</Section>
			<Section title="Try it">
				<TryModel study={study.data} model={model.data} />
			</Section>
			<Section title="Download">
				<ModelDownload record={record} study={study.data} model={model.data} />
			</Section>
		</>
	);
};

const Content = ({ wanted }: { readonly wanted: string }) => {
	const state = useLedger();
	if (state.status === "loading") return <LoadingState what="the chain" />;
	if (state.status === "error") return <ErrorState error={state.error} onRetry={state.retry} />;
	const record = [...state.ledger.models.values()].find(({ modelId }) => String(modelId) === wanted);
	if (record === undefined) {
		return (
			<EmptyState title={`There is no model ${wanted}`}>
				<Link href="/models" prefetch={false}>
					Show all models
				</Link>
			</EmptyState>
		);
	}
	return <ModelContent key={wanted} snapshot={state} record={record} />;
};

/** @param wanted the model's id as the address has it */
export const ModelPage = ({ wanted }: { readonly wanted: string }) => (
	<>
		<PageHeader
			title={`Model ${wanted}`}
			description={
				<Text component="span" inherit>
					A global model of the consortium. <a href="/audit">The audit</a> shows that it is the proven one.
				</Text>
			}
		/>
		<NotForClinicalUse />
		<Content wanted={wanted} />
	</>
);
