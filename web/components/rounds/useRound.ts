"use client";

import { useMemo } from "react";
import type { Address } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { type RoundHistory, roundHistories } from "@/lib/words/history.ts";
import { type NameOf, namesFrom } from "@/lib/words/names.ts";
import { shorten } from "@/lib/words/shorten.ts";
import type { LedgerEvent } from "../../../worker/core/ledger/events.ts";
import type { Ledger, RoundRecord, StudyRecord } from "../../../worker/core/ledger/state.ts";

/** By the array's identity: the ledger keeps it as long as there is no new event. */
const known = new WeakMap<readonly LedgerEvent[], ReadonlyMap<bigint, RoundHistory>>();

/** What the events tell of each round beyond the ledger's state; worked out once for each state of the chain. */
export const historiesOf = (events: readonly LedgerEvent[]): ReadonlyMap<bigint, RoundHistory> => {
	const found = known.get(events) ?? roundHistories(events);
	known.set(events, found);
	return found;
};

export const NO_HISTORY: RoundHistory = { eligible: [], submissions: [], confirmations: [] };

export const useNames = (): NameOf => {
	const { participants } = useConfig();
	return useMemo(() => namesFrom(participants), [participants]);
};

/** A participant's name as configured, its note too, as a heading has it; without one, the shortened address. */
export const useTitleOf = (address: Address): string => {
	const { participants } = useConfig();
	return participants[address] ?? shorten(address);
};

/** Ids of the study's rounds, in order. */
export const roundsOf = (ledger: Ledger, studyId: bigint): readonly bigint[] =>
	[...ledger.rounds.values()].filter((round) => round.studyId === studyId).map(({ roundId }) => roundId);

/** All that the parts of a round's page are about. */
export type RoundView = {
	readonly round: RoundRecord;
	readonly study: StudyRecord;
	readonly history: RoundHistory;
	readonly chainId: number;
	readonly roundManager: Address;
};
