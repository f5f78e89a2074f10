"use client";

import { Text } from "@mantine/core";
import type { Address } from "viem";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import { elementHex } from "@/lib/explain/words.ts";
import type { MemberStepProps } from "./props.ts";
import { WorkerSays } from "./WorkerSays.tsx";

export const MemberAdmission = ({ address }: { readonly address: Address }) => (
	<>
		<Text maw="70ch">Give this address to the coordinator, who admits it. This page goes on by itself then.</Text>
		<Hash value={address} kind="address" full />
	</>
);

export const JoinStep = ({ worker, standing }: MemberStepProps) => {
	const { shareKey, offerOf } = standing;
	const offer = offerOf("registerShareKey");
	if (shareKey !== undefined && offer === undefined) {
		return (
			<Facts
				rows={[
					{ label: "Share key, x", value: <Hash value={elementHex(shareKey.x)} kind="commitment" /> },
					{ label: "Share key, y", value: <Hash value={elementHex(shareKey.y)} kind="commitment" /> },
				]}
			/>
		);
	}
	if (offer === undefined) return <WorkerSays worker={worker} otherwise="the worker prepares the registration" />;
	return <OfferReview offer={offer} disabled={worker.connection !== "live"} />;
};
