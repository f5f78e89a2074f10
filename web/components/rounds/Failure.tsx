"use client";

import { Alert, Text } from "@mantine/core";
import { CircleX } from "lucide-react";
import { failureConsequence, failureWords } from "@/lib/words/failure.ts";
import classes from "./rounds.module.css";
import type { RoundView } from "./useRound.ts";

/** Why the round failed; nothing when it has not. */
export const Failure = ({ view: { round, study } }: { readonly view: RoundView }) => {
	if (round.failure === undefined) return null;
	const { title, explanation } = failureWords(round.failure, round, study.parameters);
	return (
		<Alert
			variant="default"
			mb="lg"
			icon={<CircleX aria-hidden />}
			classNames={{ icon: classes.bad ?? "", title: classes.bad ?? "" }}
			title={`The round failed: ${title.toLowerCase()}`}
		>
			<Text>
				{explanation} {failureConsequence(round.failure)}
			</Text>
		</Alert>
	);
};
