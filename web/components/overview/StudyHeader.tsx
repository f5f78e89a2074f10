"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { counted } from "@/lib/words/numbers.ts";
import { modelPath } from "@/lib/words/transaction.ts";
import { currentModel, type Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { roundsOf } from "../rounds/useRound.ts";
import { ErrorState } from "../states/ErrorState.tsx";
import { Facts } from "../values/Facts.tsx";
import { useStudyTitle } from "./useStudyTitle.ts";

type StudyHeaderProps = { readonly ledger: Ledger; readonly studyId: bigint };

/** Brings Mantine's inputs along, for which most deployments have no use here. */
const StudySelect = dynamic(() => import("./StudySelect.tsx").then((module) => module.StudySelect), { ssr: false });

/** Which study, and how far it has got. */
export const StudyHeader = ({ ledger, studyId }: StudyHeaderProps) => {
	const { data: title, error, refetch } = useStudyTitle(ledger.studies.get(studyId)?.parameters.definitionDigest);
	const rounds = roundsOf(ledger, studyId);
	const finalized = rounds.filter((roundId) => ledger.rounds.get(roundId)?.phase === "Finalized").length;
	const model = currentModel(ledger, studyId);
	const several = ledger.studies.size > 1;
	return (
		<Section
			title={
				title == null ? (
					`Study ${studyId}`
				) : (
					<>
						Study {String(studyId)}: <bdi>{title}</bdi>
					</>
				)
			}
			actions={
				several ? <StudySelect studies={[...ledger.studies.keys()].map(String)} chosen={String(studyId)} /> : undefined
			}
		>
			<Facts
				rows={[
					{
						label: "Rounds",
						value: `${counted(rounds.length, "round")}, ${finalized} finalized`,
					},
					{
						label: "Current model",
						value:
							model === undefined ? (
								"none"
							) : (
								<>
									<Link href={modelPath(model.modelId)} prefetch={false}>
										Model {String(model.modelId)}
									</Link>
									{model.roundId === 0n ? ", the initial one" : `, of round ${model.roundId}`}
								</>
							),
					},
				]}
			/>
			{error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />}
		</Section>
	);
};
