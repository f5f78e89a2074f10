"use client";

import { Stack, Text } from "@mantine/core";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import { Countdown } from "@/components/values/Countdown.tsx";
import { counted } from "@/lib/words/numbers.ts";
import { Attestations } from "./Attestations.tsx";
import type { RoundStepProps } from "./props.ts";
import { WorkerSays } from "./WorkerSays.tsx";

type AttestStepProps = RoundStepProps & { readonly threshold: number | undefined };

/** Offered only when the worker has recomputed the model itself. */
export const AttestStep = ({ worker, standing, round, threshold }: AttestStepProps) => {
	const { current, hasAttested, offerOf } = standing;
	const offer = offerOf("attest");
	if (hasAttested) return <Text size="sm">You have attested.</Text>;
	if (current !== "attest") return null;
	const { phase, keySums, deadline } = round;
	return (
		<Stack gap="sm">
			<Text maw="75ch">
				{phase === "Frozen"
					? `${counted(keySums.length, "key sum")} of ${threshold ?? "the"} that are needed are posted; the model can be opened then.`
					: "Your worker adds the encrypted updates, opens the sum and computes the new model itself. Only then it offers the attestation."}{" "}
				<Countdown until={deadline} />.
			</Text>
			<Attestations round={round} />
			{offer === undefined ? (
				<WorkerSays worker={worker} otherwise="waiting for the other members' key sums" />
			) : (
				<OfferReview offer={offer} disabled={worker.connection !== "live"} />
			)}
		</Stack>
	);
};
