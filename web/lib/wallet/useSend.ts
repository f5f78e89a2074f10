"use client";

import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useLedger } from "../chain/ledger.tsx";
import { useConfig } from "../config/context.tsx";
import { type Call, type Explain, explainCall } from "../explain/call.ts";
import { createChainPort } from "./chainPort.ts";
import { createSentMemory } from "./memory.ts";
import { systemClock } from "./ports.ts";
import { createSendStore } from "./sendStore.ts";
import type { SendState } from "./state.ts";
import { useExplainContext } from "./useExplainContext.ts";
import { useWallet } from "./useWallet.ts";

export type { Call } from "../explain/call.ts";
export type { SendState } from "./state.ts";

/** One for all components of this tab: a step that is shown twice is sent once. */
const store = createSendStore({
	memory: createSentMemory(typeof window === "undefined" ? undefined : window.sessionStorage),
	clock: systemClock,
});

const IDLE: SendState = { phase: "idle" };

export type Send = {
	readonly state: SendState;
	readonly send: (call: Call) => Promise<void>;
	readonly reset: () => void;
};

/**
 * The only way anything is sent: what is not explained, by a wallet on another network or account, refused by the contract in a trial run or
 * too dear for the account's balance never reaches the wallet.
 * @param key stable name of the step, such as "submit-3": its transaction is found again after a reload
 * @param explain for calls that explainCall does not know, such as deployments
 */
export const useSend = (key: string, explain: Explain = explainCall): Send => {
	const { chain } = useConfig();
	const ledger = useLedger();
	const context = useExplainContext();
	const { open } = useWallet();
	const port = useMemo(() => createChainPort(chain), [chain]);
	const get = useCallback(() => store.get(key), [key]);
	const state = useSyncExternalStore(store.subscribe, get, () => IDLE);

	useEffect(() => store.resume(key, port), [key, port]);

	// What the transaction did is to be seen at once, not at the next look.
	const refresh = ledger.status === "ready" ? ledger.refresh : undefined;
	const { phase } = state;
	useEffect(() => {
		if (phase === "confirmed") refresh?.();
	}, [phase, refresh]);

	const send = useCallback(
		async (call: Call) => {
			const wallet = await open().catch(() => undefined);
			await store.send(key, call, {
				chain: port,
				wallet,
				network: chain,
				explain: (one) => (context === undefined ? undefined : explain(one, context)),
			});
		},
		[key, open, port, chain, context, explain],
	);
	const reset = useCallback(() => store.reset(key), [key]);
	return { state, send, reset };
};
