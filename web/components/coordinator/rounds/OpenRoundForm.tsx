"use client";

import { Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Address } from "viem";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { durationsOf, submissionWarning, suggestedDurations } from "@/lib/coordinator/durations.ts";
import { committeeProblem, proposeCommittee, studyProblems } from "@/lib/coordinator/opening.ts";
import { readReview, writeReview } from "@/lib/coordinator/openingReview.ts";
import { longestProving } from "@/lib/coordinator/studySummary.ts";
import { useStudy } from "@/lib/studies.ts";
import type { StudyRecord } from "../../../../worker/core/ledger/state.ts";
import { isDevelopmentChain } from "../../../../worker/protocol/developmentChain.ts";
import { Caution } from "../../states/Caution.tsx";
import { Status } from "../../values/Status.tsx";
import { useAddressBar } from "../useAddressBar.ts";
import { CommitteeChoice } from "./CommitteeChoice.tsx";
import { DurationFields } from "./DurationFields.tsx";
import { OpeningPanel } from "./OpeningPanel.tsx";
import { RoundParameters } from "./RoundParameters.tsx";

type OpenRoundFormProps = { readonly snapshot: LedgerSnapshot; readonly study: StudyRecord };

const Meaning = () => (
	<List spacing={4} aria-label="What opening a round means">
		<List.Item>
			Hospitals with a committed data set may submit one update each, trained from the study's current model.
		</List.Item>
		<List.Item>The committee and its share keys are fixed for this round; nobody can change them afterwards.</List.Item>
		<List.Item>
			The order of the training batches is drawn from the block that the round opens in: nobody knows it before.
		</List.Item>
		<List.Item>
			Until its set of updates is frozen, you may cancel the round, and anyone may fail it when too few updates came in
			time. Afterwards it can only finish: it waits for its committee, and is never repeated.
		</List.Item>
	</List>
);

/** One study's next round: what is fixed, who sits on the committee, how long each phase may last. */
export const OpenRoundForm = ({ snapshot, study }: OpenRoundFormProps) => {
	const { ledger, chainId } = snapshot;
	const { studyId } = study;
	const { data: definition } = useStudy(studyId);
	const { get, set } = useAddressBar();
	const review = readReview({ round: get("round"), committee: get("committee"), durations: get("durations") });
	const roundId = BigInt(ledger.rounds.size + 1);
	const proposed = useMemo(() => proposeCommittee(ledger, studyId), [ledger, studyId]);
	const [chosen, setChosen] = useState<readonly Address[]>();
	const [inputs, setInputs] = useState(() => suggestedDurations(isDevelopmentChain(chainId)));
	const committee = chosen ?? proposed ?? [];
	const durations = durationsOf(inputs, chainId);
	const problems = studyProblems(ledger, studyId);
	const wrongCommittee = committeeProblem(ledger, studyId, committee);
	const proving = definition === undefined ? undefined : longestProving(definition, ledger.datasets.get(studyId));
	const late = durations === undefined ? undefined : submissionWarning(durations.submission, proving);

	if (review !== undefined) {
		return (
			<OpeningPanel
				key={String(review.roundId)}
				snapshot={snapshot}
				studyId={studyId}
				review={review}
				onBack={() => set({ round: undefined, committee: undefined, durations: undefined })}
			/>
		);
	}
	return (
		<Stack gap="lg">
			<div>
				<Title order={3} size="h4" mb="xs">
					Fixed by the study
				</Title>
				<RoundParameters ledger={ledger} study={study} />
			</div>
			{problems.length === 0 ? null : (
				<Caution role="note">
					<Text fw={600} mb={4}>
						A round can't be opened yet
					</Text>
					<List spacing={2}>
						{problems.map((problem) => (
							<List.Item key={problem}>{problem}</List.Item>
						))}
					</List>
				</Caution>
			)}
			<CommitteeChoice
				ledger={ledger}
				seats={study.parameters.members}
				chosen={committee}
				proposed={proposed}
				problem={problems.length === 0 ? wrongCommittee : undefined}
				onChange={setChosen}
			/>
			<div>
				<Title order={3} size="h4" mb="xs">
					Longest time of each phase
				</Title>
				<DurationFields inputs={inputs} chainId={chainId} onChange={setInputs} />
				{late === undefined ? null : (
					<Text mt="xs" component="div">
						<Status tone="warn" label={late} />
					</Text>
				)}
			</div>
			<div>
				<Title order={3} size="h4" mb="xs">
					What opening means
				</Title>
				<Meaning />
			</div>
			<Group>
				<Button
					disabled={problems.length > 0 || wrongCommittee !== undefined || durations === undefined}
					onClick={() => {
						if (durations !== undefined)
							set({ ...writeReview({ roundId, committee, durations }), study: String(studyId) });
					}}
				>
					Review the opening
				</Button>
			</Group>
		</Stack>
	);
};
