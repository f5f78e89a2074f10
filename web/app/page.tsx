"use client";

import { PageHeader } from "@/components/layout/PageHeader.tsx";
import { ErrorState } from "@/components/states/ErrorState.tsx";
import { LoadingState } from "@/components/states/LoadingState.tsx";
import { useLedger } from "@/lib/chain/ledger.tsx";

export default function Overview() {
	const state = useLedger();
	if (state.status === "loading") return <LoadingState what="the chain" />;
	if (state.status === "error") return <ErrorState error={state.error} onRetry={state.retry} />;
	return (
		<PageHeader title="Overview" description={`${state.ledger.rounds.size} rounds, ${state.events.length} events`} />
	);
}
