"use client";

import { Stack, Text } from "@mantine/core";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import { Countdown } from "@/components/values/Countdown.tsx";
import { counted } from "@/lib/words/numbers.ts";
import type { RoundStepProps } from "./props.ts";
import { WorkerSays } from "./WorkerSays.tsx";

export const ConfirmStep = ({ worker, standing, round }: RoundStepProps) => {
	const { current, confirmed, offerOf } = standing;
	const offer = offerOf("confirmAvailability");
	const said = `You confirmed ${confirmed} of ${counted(round.updates.length, "bundle")}.`;
	if (current !== "confirm") return <Text size="sm">{said}</Text>;
	const { closed, deadline, checkingDeadline } = round;
	return (
		<Stack gap="sm">
			<Text>
				{said} Submissions: {closed ? "all expected updates are there" : <Countdown until={deadline} />}. Time for
				confirming: <Countdown until={checkingDeadline} />.
			</Text>
			{offer === undefined ? (
				<WorkerSays worker={worker} otherwise="waiting for updates" />
			) : (
				<OfferReview offer={offer} disabled={worker.connection !== "live"} />
			)}
		</Stack>
	);
};
