"use client";

import { useEffect, useSyncExternalStore } from "react";
import type { Hex } from "viem";
import type { ReaderClient } from "./chain/client.ts";
import { useLedger } from "./chain/ledger.tsx";

export type Receipt = { readonly gasUsed: bigint; readonly timestamp: bigint };

/** For the page's life: what is mined stays, but for a reorganization, after which its events name another transaction. */
let known: ReadonlyMap<Hex, Receipt> = new Map();
const NONE: ReadonlyMap<Hex, Receipt> = new Map();
const asked = new Set<Hex>();
const listeners = new Set<() => void>();

const subscribe = (listener: () => void): (() => void) => {
	listeners.add(listener);
	return () => listeners.delete(listener);
};

const readOne = async (client: ReaderClient, hash: Hex): Promise<readonly [Hex, Receipt] | undefined> => {
	try {
		const { gasUsed, blockNumber } = await client.getTransactionReceipt({ hash });
		const { timestamp } = await client.getBlock({ blockNumber });
		return [hash, { gasUsed, timestamp }];
	} catch {
		// Shown without its gas, and asked for again when the page has news.
		return undefined;
	}
};

/** What is asked in one moment goes out as one batch. */
const readMissing = async (client: ReaderClient, hashes: readonly Hex[]): Promise<void> => {
	const missing = hashes.filter((hash) => !known.has(hash) && !asked.has(hash));
	if (missing.length === 0) return;
	for (const hash of missing) asked.add(hash);
	const read = await Promise.all(missing.map((hash) => readOne(client, hash)));
	for (const hash of missing) asked.delete(hash);
	known = new Map([...known, ...read.filter((entry) => entry !== undefined)]);
	for (const listener of listeners) listener();
};

/** Gas and time of transactions; those that are not there yet are missing. */
export const useReceipts = (hashes: readonly Hex[]): ReadonlyMap<Hex, Receipt> => {
	const state = useLedger();
	const client = state.status === "ready" ? state.client : undefined;
	const blockNumber = state.status === "ready" ? state.blockNumber : undefined;
	const wanted = hashes.join();
	// biome-ignore lint/correctness/useExhaustiveDependencies: the array is new each time, its content is what counts; a new block is a reason to ask again
	useEffect(() => {
		if (client !== undefined) void readMissing(client, hashes);
	}, [client, blockNumber, wanted]);
	return useSyncExternalStore(
		subscribe,
		() => known,
		() => NONE,
	);
};
