"use client";

import { Text } from "@mantine/core";
import { committeeFact, roundFact } from "@/components/pairing/roundFacts.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import type { MemberStepProps } from "./props.ts";

export const SeatStep = ({ worker, standing: { round, seat } }: MemberStepProps) => {
	if (round === undefined || seat === undefined) {
		return (
			<Text>
				{round === undefined
					? "No round is open. This page goes on by itself."
					: `You have no seat in round ${round.roundId}; members take turns.`}
				{worker.status?.study === null ? ` ${worker.status.next.text ?? ""}` : ""}
			</Text>
		);
	}
	const { roundId, opening } = round;
	return (
		<Facts
			rows={[
				roundFact(roundId),
				{ label: "Your seat", value: `${seat} of ${opening.committee.length}` },
				committeeFact(opening.committee),
			]}
		/>
	);
};
