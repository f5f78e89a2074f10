"use client";

import { Text } from "@mantine/core";
import { Section } from "@/components/layout/Section.tsx";
import type { Offer } from "@/lib/worker/schemas.ts";
import type { OfferedAction } from "../../../worker/protocol/offeredActions.ts";
import { OfferReview } from "./OfferReview.tsx";

const ANYONE: readonly OfferedAction[] = ["freeze", "fail"];

/** What anyone may do for a round whose time has come. */
export const Housekeeping = ({
	offers,
	disabled,
}: {
	readonly offers: readonly Offer[];
	readonly disabled: boolean;
}) => {
	const due = offers.filter(({ action }) => ANYONE.includes(action));
	if (due.length === 0) return null;
	return (
		<Section title="The round waits for anyone">
			<Text mb="md" maw="70ch">
				A deadline has passed, or everything is there. Anyone may take the round further; the first who does pays the
				gas. Others may be at it, too.
			</Text>
			{due.map((offer) => (
				<OfferReview key={offer.action} offer={offer} disabled={disabled} />
			))}
		</Section>
	);
};

/** The committee did not finish the round: its hospitals do. */
export const HospitalAttestation = ({
	offers,
	disabled,
}: {
	readonly offers: readonly Offer[];
	readonly disabled: boolean;
}) => {
	const offer = offers.find(({ action }) => action === "attestAsHospital");
	if (offer === undefined) return null;
	return (
		<Section title="The round waits for its hospitals">
			<Text mb="md" maw="70ch">
				The committee has opened the sum and did not attest to the new model in its time. Your worker has recomputed it:
				when more than half of the round's hospitals attest to the same model, the round is finalized.
			</Text>
			<OfferReview offer={offer} disabled={disabled} />
		</Section>
	);
};
