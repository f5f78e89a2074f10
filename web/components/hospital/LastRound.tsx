"use client";

import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { Section } from "@/components/layout/Section.tsx";
import { Status } from "@/components/values/Status.tsx";
import { modelPath, roundPath } from "@/lib/words/transaction.ts";
import type { RoundRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";
import { AcceptedStep } from "./AcceptedStep.tsx";

type LastRoundProps = { readonly round: RoundRecord; readonly update: UpdateRecord };

/** The newest round that has ended with this hospital's update in it. */
export const LastRound = ({ round, update }: LastRoundProps) => {
	const { roundId, finalized } = round;
	return (
		<Section title={`Your last round: ${roundId}`}>
			{finalized === undefined ? (
				<>
					<Status tone="bad" label="failed" />
					<Text mb="sm">
						The model stays as it was; nothing of yours was opened.{" "}
						<Anchor component={Link} href={roundPath(roundId)}>
							Why round {roundId.toString()} failed
						</Anchor>
					</Text>
				</>
			) : (
				<>
					<Status tone="ok" label="finalized" />
					<Text mb="sm">
						Your update is part of{" "}
						<Anchor component={Link} href={modelPath(finalized.modelId)}>
							model {finalized.modelId.toString()}
						</Anchor>
						.
					</Text>
				</>
			)}
			<AcceptedStep round={round} update={update} />
		</Section>
	);
};
