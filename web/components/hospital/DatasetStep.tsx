"use client";

import { Stack, Text } from "@mantine/core";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import { elementHex } from "@/lib/explain/words.ts";
import { counted, integer } from "@/lib/words/numbers.ts";
import type { HospitalStanding } from "@/lib/worker/hospitalSteps.ts";
import type { PairedWorker } from "@/lib/worker/useWorker.ts";
import { DoctorSummary } from "./DoctorSummary.tsx";

type DatasetStepProps = { readonly worker: PairedWorker; readonly standing: HospitalStanding };

const Committed = ({ committed }: { readonly committed: NonNullable<HospitalStanding["committed"]> }) => (
	<Facts
		rows={[
			{
				label: "Committed",
				value: `${counted(committed.sampleCount, "sample")} in ${counted(committed.batchCount, "batch", "batches")}`,
			},
			{ label: "Root on chain", value: <Hash value={elementHex(committed.root)} kind="commitment" /> },
			{ label: "Since block", value: integer(committed.registeredAt) },
		]}
	/>
);

/** First what the data doctor says, then the commitment. */
export const DatasetStep = ({ worker, standing }: DatasetStepProps) => {
	const { committed, isCommitted, current, commitOffer } = standing;
	const { dataset, status, connection } = worker;
	if (current !== "dataset") return committed === undefined ? null : <Committed committed={committed} />;
	if (dataset === undefined) {
		return (
			<Text maw="70ch">
				{status?.study === null
					? `Your worker opens its data when its study is there. ${status.next.text ?? ""}`
					: (status?.next.text ?? "Your worker is opening its data.")}
			</Text>
		);
	}
	return (
		<Stack gap="md">
			<DoctorSummary dataset={dataset} />
			{committed !== undefined && !isCommitted ? (
				<div>
					<Text mb={4}>The chain has another data set of yours:</Text>
					<Committed committed={committed} />
				</div>
			) : null}
			{commitOffer === undefined ? (
				<Text>{status?.next.text ?? "The worker prepares the commitment."}</Text>
			) : (
				<OfferReview offer={commitOffer} disabled={connection !== "live"} />
			)}
		</Stack>
	);
};
