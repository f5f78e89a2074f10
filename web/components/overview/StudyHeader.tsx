"use client";

import { NativeSelect } from "@mantine/core";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useStudy } from "@/lib/studies.ts";
import { counted } from "@/lib/words/numbers.ts";
import { modelPath } from "@/lib/words/transaction.ts";
import { currentModel, type Ledger } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { roundsOf } from "../rounds/useRound.ts";
import { ErrorState } from "../states/ErrorState.tsx";
import { Facts } from "../values/Facts.tsx";

type StudyHeaderProps = { readonly ledger: Ledger; readonly studyId: bigint };

const StudySelect = ({ ledger, studyId }: StudyHeaderProps) => {
	const router = useRouter();
	const studies = [...ledger.studies.keys()].map(String);
	return (
		<NativeSelect
			label="Study"
			data={studies.map((id) => ({ value: id, label: `Study ${id}` }))}
			value={String(studyId)}
			onChange={(event) => router.push(`/?study=${event.currentTarget.value}`, { scroll: false })}
		/>
	);
};

/** Which study, and how far it has got. */
export const StudyHeader = ({ ledger, studyId }: StudyHeaderProps) => {
	const { data: study, error, refetch } = useStudy(studyId);
	const rounds = roundsOf(ledger, studyId);
	const finalized = rounds.filter((roundId) => ledger.rounds.get(roundId)?.phase === "Finalized").length;
	const model = currentModel(ledger, studyId);
	const several = ledger.studies.size > 1;
	return (
		<Section
			title={study === undefined ? `Study ${studyId}` : `Study ${studyId}: ${study.title}`}
			actions={several ? <StudySelect ledger={ledger} studyId={studyId} /> : undefined}
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
