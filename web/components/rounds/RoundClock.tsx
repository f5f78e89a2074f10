"use client";

import { createContext, type ReactNode, useContext } from "react";
import { useChainTime } from "@/lib/chain/ledger.tsx";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";

const ClockContext = createContext(0n);

/**
 * Tells what is below it a time that changes only when a deadline of the round passes, for all that depends on whether one has: a page of
 * many proofs is not drawn again each second.
 */
export const RoundClock = ({ round, children }: { readonly round: RoundRecord; readonly children: ReactNode }) => {
	const now = useChainTime();
	const { deadline, checkingDeadline, membersOnlyUntil = deadline } = round;
	const passed = [deadline, checkingDeadline, membersOnlyUntil].filter((end) => now > end);
	const last = passed.reduce((latest, end) => (end > latest ? end : latest), -1n);
	return <ClockContext value={last + 1n}>{children}</ClockContext>;
};

/** Unix seconds: the first one after the round's last deadline that passed, 0 while none has. */
export const useRoundTime = (): bigint => useContext(ClockContext);
