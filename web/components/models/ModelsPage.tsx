"use client";

import { NativeSelect, Skeleton } from "@mantine/core";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { type LedgerSnapshot, useLedger } from "@/lib/chain/ledger.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import { graphHeight, lineageGraph, studyLineage } from "@/lib/evaluation/lineage.ts";
import { useEvaluations } from "@/lib/evaluation/useEvaluations.ts";
import { namesFrom } from "@/lib/words/names.ts";
import { PageHeader } from "../layout/PageHeader.tsx";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { AskedInitialModel } from "./AskedInitialModel.tsx";
import { LineageTable } from "./LineageTable.tsx";
import { MetricsChart } from "./MetricsChart.tsx";
import { NotForClinicalUse } from "./NotForClinicalUse.tsx";

const LineageFlow = dynamic(() => import("./LineageFlow.tsx").then((module) => module.LineageFlow), {
	ssr: false,
	loading: () => <Skeleton height={250} animate={false} aria-hidden />,
});

const StudyModels = ({ snapshot, studyId }: { readonly snapshot: LedgerSnapshot; readonly studyId: bigint }) => {
	const { ledger, chainId, deployment } = snapshot;
	const { participants } = useConfig();
	const nameOf = useMemo(() => namesFrom(participants), [participants]);
	const lineage = useMemo(() => studyLineage(ledger, studyId), [ledger, studyId]);
	const graph = useMemo(() => lineageGraph(lineage), [lineage]);
	const definition = ledger.studies.get(studyId)?.parameters.definitionDigest;
	const evaluations = useEvaluations(definition, lineage.models);
	const initial = [...ledger.models.values()].find((model) => model.studyId === studyId);
	return (
		<>
			<Section title="Lineage">
				<div style={{ minHeight: graphHeight(graph) }}>
					<LineageFlow graph={graph} nameOf={nameOf} />
				</div>
			</Section>
			<Section title="Models">
				<LineageTable models={lineage.models} evaluations={evaluations} nameOf={nameOf} />
			</Section>
			<Section title="Quality by round">
				<MetricsChart models={lineage.models} evaluations={evaluations} />
			</Section>
			{initial === undefined ? null : (
				<Section title="Where it began">
					<AskedInitialModel
						studyId={studyId}
						deployment={{ chainId, roundManager: deployment.roundManager }}
						record={initial}
					/>
				</Section>
			)}
		</>
	);
};

const Content = () => {
	const state = useLedger();
	const router = useRouter();
	const wanted = useSearchParams().get("study");
	if (state.status === "loading") return <LoadingState what="the chain" />;
	if (state.status === "error") return <ErrorState error={state.error} onRetry={state.retry} />;
	const studies = [...state.ledger.studies.keys()];
	const studyId = wanted === null ? studies.at(-1) : studies.find((id) => String(id) === wanted);
	if (studyId === undefined) {
		return studies.length === 0 ? (
			<EmptyState title="No study yet">A study's models appear here once the coordinator has created it.</EmptyState>
		) : (
			<EmptyState title={`There is no study ${wanted}`}>
				<Link href="/models" prefetch={false}>
					Show the latest study's models
				</Link>
			</EmptyState>
		);
	}
	return (
		<>
			{studies.length < 2 ? null : (
				<NativeSelect
					label="Study"
					mb="md"
					maw={240}
					data={studies.map((id) => ({ value: String(id), label: `Study ${id}` }))}
					value={String(studyId)}
					onChange={(event) => router.push(`/models?study=${event.currentTarget.value}`, { scroll: false })}
				/>
			)}
			<StudyModels key={String(studyId)} snapshot={state} studyId={studyId} />
		</>
	);
};

export const ModelsPage = () => (
	<>
		<PageHeader
			title="Models"
			description="Every global model of a study: the round that made it, whose data went in, its commitment, and how it does on public held-out rows."
		/>
		<NotForClinicalUse />
		<Content />
	</>
);
