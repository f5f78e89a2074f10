"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { roundPath } from "@/lib/words/transaction.ts";
import { PageHeader } from "../layout/PageHeader.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { Committee } from "./Committee.tsx";
import { Failure } from "./Failure.tsx";
import { FrozenSet } from "./FrozenSet.tsx";
import { Hospitals } from "./Hospitals.tsx";
import { Hyperparameters } from "./Hyperparameters.tsx";
import { KeySums } from "./KeySums.tsx";
import { Result } from "./Result.tsx";
import { RoundClock } from "./RoundClock.tsx";
import { RoundHeader } from "./RoundHeader.tsx";
import { Steps } from "./Steps.tsx";
import { Updates } from "./Updates.tsx";
import { historiesOf, NO_HISTORY, type RoundView } from "./useRound.ts";

const parsed = (wanted: string): bigint | undefined => (/^[1-9]\d{0,9}$/.test(wanted) ? BigInt(wanted) : undefined);

const Missing = ({ wanted, last }: { readonly wanted: string; readonly last: bigint | undefined }) => (
	<EmptyState title={`There is no round ${wanted.slice(0, 20)}`}>
		{last === undefined ? (
			"No round has been opened yet."
		) : (
			<Link href={roundPath(last)} prefetch={false}>
				The last one is round {String(last)}
			</Link>
		)}
	</EmptyState>
);

const Page = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
	<>
		<PageHeader title={title} description="What happened in it, and what each proof proves." />
		{children}
	</>
);

/** @param wanted the round's id as the address has it */
export const RoundPage = ({ wanted }: { readonly wanted: string }) => {
	const state = useLedger();
	if (state.status === "loading") {
		return (
			<Page title="Round">
				<LoadingState what="the chain" />
			</Page>
		);
	}
	if (state.status === "error") {
		return (
			<Page title="Round">
				<ErrorState error={state.error} onRetry={state.retry} />
			</Page>
		);
	}
	const { ledger, events, chainId, deployment } = state;
	const round = ledger.rounds.get(parsed(wanted) ?? 0n);
	const study = round && ledger.studies.get(round.studyId);
	if (round === undefined || study === undefined) {
		return (
			<Page title="Round">
				<Missing wanted={wanted} last={[...ledger.rounds.keys()].at(-1)} />
			</Page>
		);
	}
	const history = historiesOf(events).get(round.roundId) ?? NO_HISTORY;
	const view: RoundView = { round, study, history, chainId, roundManager: deployment.roundManager };
	return (
		<RoundClock round={round}>
			<RoundHeader view={view} ledger={ledger} />
			<Failure view={view} />
			<Steps view={view} />
			<Hospitals view={view} />
			<Updates view={view} />
			<Hyperparameters view={view} />
			<FrozenSet view={view} />
			<Committee view={view} />
			<KeySums view={view} />
			<Result view={view} />
		</RoundClock>
	);
};
