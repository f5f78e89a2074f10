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
	const passed = [round.deadline, round.checkingDeadline].filter((deadline) => now > deadline);
	const last = passed.reduce((latest, deadline) => (deadline > latest ? deadline : latest), -1n);
	return <ClockContext value={last + 1n}>{children}</ClockContext>;
};

/** Unix seconds: the first one after the round's last deadline that passed, 0 while none has. */
export const useRoundTime = (): bigint => useContext(ClockContext);
