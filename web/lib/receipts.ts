"use client";

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Hex } from "viem";
import { chainError } from "../../worker/adapters/chain/errors.ts";
import { useLedger } from "./chain/ledger.tsx";

export type Receipt = { readonly gasUsed: bigint; readonly timestamp: bigint };

/** Gas and time of transactions, asked together as one batch and never again; those that are not there yet are missing. */
export const useReceipts = (hashes: readonly Hex[]): ReadonlyMap<Hex, Receipt> => {
	const state = useLedger();
	const client = state.status === "ready" ? state.client : undefined;
	const distinct = [...new Set(hashes)];
	const results = useQueries({
		queries: distinct.map((hash) => ({
			queryKey: ["receipt", hash],
			enabled: client !== undefined,
			queryFn: async (): Promise<Receipt> => {
				if (client === undefined) throw new RangeError("asked for before it is known");
				try {
					const { gasUsed, blockNumber } = await client.getTransactionReceipt({ hash });
					const { timestamp } = await client.getBlock({ blockNumber });
					return { gasUsed, timestamp };
				} catch (error) {
					throw chainError(error, "reading a transaction's receipt");
				}
			},
		})),
	});
	const known = results.map(({ data }) => data);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the arrays are new each time, their content is what counts
	return useMemo(() => {
		const receipts = new Map<Hex, Receipt>();
		for (const [index, receipt] of known.entries()) {
			const hash = distinct[index];
			if (hash !== undefined && receipt !== undefined) receipts.set(hash, receipt);
		}
		return receipts;
	}, [distinct.join(), known.filter((receipt) => receipt !== undefined).length]);
};
