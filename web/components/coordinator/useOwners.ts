"use client";

import { useQuery } from "@tanstack/react-query";
import { getAddress } from "viem";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { type Owners, ownableAbi } from "@/lib/coordinator/ownership.ts";
import { chainError } from "../../../worker/adapters/chain/errors.ts";

/** Who owns the three contracts now. Ownership moves rarely: read once, and again when the page is asked to. */
export const useOwners = () => {
	const state = useLedger();
	const ready = state.status === "ready" ? state : undefined;
	return useQuery({
		queryKey: ["owners", ready?.deployment.roundManager, ready?.chainId],
		enabled: ready !== undefined,
		staleTime: 60_000,
		queryFn: async (): Promise<Owners> => {
			if (ready === undefined) throw new RangeError("asked for before it is known");
			const { client, deployment } = ready;
			const ownerOf = async (contract: keyof Owners) => {
				try {
					return getAddress(
						await client.readContract({ address: deployment[contract], abi: ownableAbi, functionName: "owner" }),
					);
				} catch (error) {
					throw chainError(error, "reading who owns the contracts");
				}
			};
			const [hospitalRegistry, modelRegistry, roundManager] = await Promise.all([
				ownerOf("hospitalRegistry"),
				ownerOf("modelRegistry"),
				ownerOf("roundManager"),
			]);
			return { hospitalRegistry, modelRegistry, roundManager };
		},
	});
};
