"use client";

import { Stack, Text } from "@mantine/core";
import { committeeFact, roundFact } from "@/components/pairing/roundFacts.tsx";
import { Countdown } from "@/components/values/Countdown.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import { When } from "@/components/values/When.tsx";
import { capitalized } from "@/lib/words/capitalized.ts";
import type { HospitalStanding } from "@/lib/worker/hospitalSteps.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";

type RoundStepProps = { readonly worker: PairedWorker; readonly standing: HospitalStanding };

/** The round that the hospital trains for, and its committee: who could open the update together. */
export const RoundStep = ({ worker, standing: { round, current } }: RoundStepProps) => {
	const next = worker.status?.next;
	const waiting =
		next?.state === "sign" ? "something else waits for a signature: see above" : (next?.text ?? "no round is open");
	if (round === undefined) return <Text>{capitalized(waiting)}. This page goes on by itself.</Text>;
	const { roundId, deadline, opening, updates } = round;
	return (
		<Stack gap="xs">
			{current === "round" ? <Text>{capitalized(waiting)}.</Text> : null}
			<Facts
				rows={[
					roundFact(roundId),
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
						...committeeFact(opening.committee),
						help: "Enough of them together could open your update. Your worker can be told which committees to accept.",
					},
				]}
			/>
		</Stack>
	);
};
