"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useConfig } from "../config/context.tsx";
import { createLedgerStore, type LedgerState, type LedgerStore } from "./ledgerStore.ts";

export type { LedgerSnapshot } from "./ledgerStore.ts";

const StoreContext = createContext<LedgerStore | undefined>(undefined);

const LOADING: LedgerState = { status: "loading" };

export const LedgerProvider = ({ children }: { readonly children: ReactNode }) => {
	const config = useConfig();
	const [store] = useState(() => createLedgerStore(config));
	return <StoreContext value={store}>{children}</StoreContext>;
};

const useStore = (): LedgerStore => {
	const store = useContext(StoreContext);
	if (store === undefined) throw new RangeError("useLedger outside of LedgerProvider");
	return store;
};

type Loading = Extract<LedgerState, { status: "loading" }>;
type Failed = Extract<LedgerState, { status: "error" }> & { readonly retry: () => void };
type Ready = Extract<LedgerState, { status: "ready" }> & { readonly refresh: () => void };

/** The deployment's state and events; the component renders again whenever they change. */
export const useLedger = (): Loading | Failed | Ready => {
	const store = useStore();
	const state = useSyncExternalStore(store.subscribe, store.get, () => LOADING);
	return useMemo(() => {
		switch (state.status) {
			case "loading":
				return state;
			case "error":
				return { ...state, retry: store.refresh };
			case "ready":
				return { ...state, refresh: store.refresh };
		}
	}, [state, store]);
};

/** Unix seconds by the chain's clock, which deadlines go by; ticks each second. 0 before anything is known. */
export const useChainTime = (): bigint => {
	const store = useStore();
	const [time, setTime] = useState(0n);
	useEffect(() => {
		const tick = () => {
			const state = store.get();
			if (state.status === "ready") setTime(BigInt(Math.floor((Date.now() + state.clockOffset) / 1000)));
		};
		tick();
		const timer = setInterval(tick, 1_000);
		return () => clearInterval(timer);
	}, [store]);
	return time;
};
