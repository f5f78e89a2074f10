"use client";

import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { Facts } from "@/components/values/Facts.tsx";
import { Party } from "@/components/values/Party.tsx";
import { roundPath } from "@/lib/words/transaction.ts";
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
				{
					label: "Round",
					value: (
						<Anchor component={Link} href={roundPath(roundId)}>
							Round {roundId.toString()}
						</Anchor>
					),
				},
				{ label: "Your seat", value: `${seat} of ${opening.committee.length}` },
				{
					label: "Committee",
					value: opening.committee.map((member) => (
						<div key={member}>
							<Party address={member} />
						</div>
					)),
				},
			]}
		/>
	);
};
