"use client";

import { useChainTime } from "@/lib/chain/ledger.tsx";
import { duration } from "@/lib/words/time.ts";

/** Time left by the chain's clock. Not a live region: it would talk every second. */
export const Countdown = ({ until }: { readonly until: bigint }) => {
	const now = useChainTime();
	if (now === 0n) return null;
	return <span>{now > until ? "the deadline has passed" : `${duration(Number(until - now))} left`}</span>;
};
