"use client";

import { Anchor, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { Countdown } from "@/components/values/Countdown.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import { Party } from "@/components/values/Party.tsx";
import { When } from "@/components/values/When.tsx";
import { roundPath } from "@/lib/words/transaction.ts";
import type { HospitalStanding } from "@/lib/worker/hospitalSteps.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

type RoundStepProps = { readonly worker: PairedWorker; readonly standing: HospitalStanding };

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** The round that the hospital trains for, and its committee: who could open the update together. */
export const RoundStep = ({ worker, standing: { round, current } }: RoundStepProps) => {
	const next = worker.status?.next;
	const waiting =
		next?.state === "sign" ? "something else waits for a signature: see above" : (next?.text ?? "no round is open");
	if (round === undefined) return <Text>{sentence(waiting)} This page goes on by itself.</Text>;
	const { roundId, deadline, opening, updates } = round;
	return (
		<Stack gap="xs">
			{current === "round" ? <Text>{sentence(waiting)}</Text> : null}
			<Facts
				rows={[
					{
						label: "Round",
						value: (
							<Anchor component={Link} href={roundPath(roundId)}>
								Round {roundId.toString()}
							</Anchor>
						),
					},
					{
						label: "Submissions until",
						value: (
							<>
								<When seconds={deadline} /> (<Countdown until={deadline} />)
							</>
						),
					},
					{ label: "Updates so far", value: `${updates.length} of ${opening.expectedUpdates} expected` },
					{
						label: "Committee",
						value: opening.committee.map((member) => (
							<div key={member}>
								<Party address={member} />
							</div>
						)),
						help: "Enough of them together could open your update. Your worker can be told which committees to accept.",
					},
				]}
			/>
		</Stack>
	);
};
