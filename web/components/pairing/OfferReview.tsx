"use client";

import { Alert } from "@mantine/core";
import { keccak256 } from "viem";
import { ReviewAndSign } from "@/components/wallet/ReviewAndSign.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import { useWallet } from "@/lib/wallet/useWallet.ts";
import type { Offer } from "@/lib/worker/schemas.ts";

/** Another transaction of the same action is another step: what was sent for the first says nothing about it. */
export const offerKey = ({ action, to, data }: Offer): string =>
	`${action}-${to.slice(2, 10).toLowerCase()}-${keccak256(data).slice(2, 18)}`;

/** A transaction that the worker prepared, explained from its bytes alone, for the wallet to sign. */
export const OfferReview = ({ offer, disabled = false }: { readonly offer: Offer; readonly disabled?: boolean }) => {
	const { chain } = useConfig();
	const { wallet } = useWallet();
	const { from, chainId, to, data } = offer;
	if (wallet?.address.toLowerCase() !== from.toLowerCase() || chainId !== chain.id) {
		return (
			<Alert color="red" variant="light" title="This transaction is not for your wallet or network">
				The worker prepared it for {from} on chain {chainId}.
			</Alert>
		);
	}
	return <ReviewAndSign sendKey={offerKey(offer)} call={{ to, data }} disabled={disabled} />;
};
