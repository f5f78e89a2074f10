"use client";

import { Stack, Text } from "@mantine/core";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import { FrozenSetTable } from "./FrozenSetTable.tsx";
import type { RoundStepProps } from "./props.ts";
import { WorkerSays } from "./WorkerSays.tsx";

/** Before a key sum is signed: the set it is for, what it reveals and what it does not. */
export const OpenStep = ({ worker, standing, round }: RoundStepProps) => {
	const { current, hasOpened, offerOf } = standing;
	const offer = offerOf("postKeySum");
	if (hasOpened) return <Text size="sm">Your key sum is posted.</Text>;
	if (current !== "open") return null;
	return (
		<Stack gap="sm">
			<Text maw="75ch">
				Look at the set first: you sign for exactly one set over this base model, once. Your key sum helps to open the
				weighted mean of these hospitals' models together, and tells nothing about one of them alone. Your worker checks
				every bundle and proof of the set before it proves the sum. There is no deadline, and everybody waits for it.
			</Text>
			<FrozenSetTable round={round} />
			{offer === undefined ? (
				<WorkerSays worker={worker} otherwise="the worker checks the set" />
			) : (
				<OfferReview offer={offer} disabled={worker.connection !== "live"} />
			)}
		</Stack>
	);
};
