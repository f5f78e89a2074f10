"use client";

import { FileInput, Stack, Title } from "@mantine/core";
import { ErrorState } from "../../states/ErrorState.tsx";
import { LoadingState } from "../../states/LoadingState.tsx";
import { EstimateTables, FieldProblems, StudySummary } from "./StudyTables.tsx";
import type { ChosenStudy } from "./useStudyFile.ts";

type StudyFileStepProps = {
	readonly chosen: ChosenStudy | undefined;
	readonly chainId: number;
	readonly onChoose: (file: File | null) => Promise<void>;
};

const invalid = (message: string) => ({
	code: "STUDY_INVALID",
	message,
	nextStep:
		"Choose a study's JSON file, such as studies/wdbc.json; `npm run study -- draft` makes one for your own data.",
});

const Outcome = ({ chosen, chainId }: { readonly chosen: ChosenStudy; readonly chainId: number }) => {
	const { file, read } = chosen;
	if (read === undefined) return <LoadingState what={file.name} />;
	if ("tooLarge" in read)
		return <ErrorState error={invalid(`${file.name} has ${read.tooLarge} bytes, far more than any study.`)} />;
	if ("unreadable" in read) return <ErrorState error={invalid(`${file.name} can't be read.`)} />;
	if ("notJson" in read) return <ErrorState error={invalid(`${file.name} is no JSON.`)} />;
	if ("problems" in read) return <FieldProblems problems={read.problems} />;
	const { study } = read;
	return (
		<>
			<StudySummary study={study} chainId={chainId} />
			<Title order={3} size="h4">
				What it will cost
			</Title>
			<EstimateTables key={`${study.name}-${file.lastModified}`} study={study} />
		</>
	);
};

export const StudyFileStep = ({ chosen, chainId, onChoose }: StudyFileStepProps) => (
	<Stack gap="md">
		<FileInput
			label="Study's file"
			name="study"
			description="JSON, as docs/STUDIES.md describes it. It is read in this page alone."
			placeholder="Choose a file"
			accept="application/json,.json"
			clearable
			clearButtonProps={{ "aria-label": "Choose no study's file" }}
			value={chosen?.file ?? null}
			onChange={(file) => void onChoose(file)}
		/>
		{chosen === undefined ? null : <Outcome chosen={chosen} chainId={chainId} />}
	</Stack>
);
