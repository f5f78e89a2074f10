"use client";

import { useMemo } from "react";
import { useLedger } from "../chain/ledger.tsx";
import { useConfig } from "../config/context.tsx";
import type { ExplainContext } from "../explain/call.ts";
import { useWallet } from "./useWallet.ts";

/** What explanations are made from; undefined until the chain is read. */
export const useExplainContext = (): ExplainContext | undefined => {
	const { participants } = useConfig();
	const state = useLedger();
	const from = useWallet().wallet?.address;
	const deployment = state.status === "ready" ? state.deployment : undefined;
	const ledger = state.status === "ready" ? state.ledger : undefined;
	return useMemo(
		() => (deployment === undefined || ledger === undefined ? undefined : { deployment, participants, ledger, from }),
		[deployment, ledger, participants, from],
	);
};
