"use client";

import { Text } from "@mantine/core";
import { Section } from "@/components/layout/Section.tsx";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import type { Offer } from "@/lib/worker/schemas.ts";

/** Bundles that the worker found not to be what their proofs say. */
export const Challenges = ({ offers, disabled }: { readonly offers: readonly Offer[]; readonly disabled: boolean }) => {
	const due = offers.filter(({ action }) => action === "challengeUpdate");
	if (due.length === 0) return null;
	return (
		<Section title="A bundle is not what its proof says">
			<Text mb="md" maw="70ch">
				Your worker recomputed it and found that it differs. Show it to the contract: an update that is false would
				spoil the round for everybody.
			</Text>
			{due.map((offer) => (
				<OfferReview key={offer.data} offer={offer} disabled={disabled} />
			))}
		</Section>
	);
};
