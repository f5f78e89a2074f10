"use client";

import { Text } from "@mantine/core";
import { OfferReview } from "@/components/pairing/OfferReview.tsx";
import type { Offer } from "@/lib/worker/schemas.ts";

type SignatureStepProps = { readonly offer: Offer; readonly disabled: boolean };

export const SignatureStep = ({ offer, disabled }: SignatureStepProps) => (
	<>
		<Text maw="70ch" mb="sm">
			All proofs are made, and the encrypted bundle is published. Read what the transaction says before you sign it:
			this page decodes it from its bytes.
		</Text>
		<OfferReview offer={offer} disabled={disabled} />
	</>
);
