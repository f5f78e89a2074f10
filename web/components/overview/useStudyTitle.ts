"use client";

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import { useBlockStore } from "@/lib/ipfs/store.ts";
import { titleOf } from "@/lib/words/studyTitle.ts";
import { requireDigest } from "../../../worker/adapters/ipfs/cid.ts";

/** The study's title alone: the schema of all of its definition, which a page that only names it does not need, is 35 kB of code. */
export const useStudyTitle = (digest: Hex | undefined): UseQueryResult<string | null> => {
	const store = useBlockStore();
	return useQuery({
		queryKey: ["study title", digest],
		enabled: digest !== undefined,
		queryFn: async ({ signal }) =>
			titleOf(await store.get(requireDigest((digest ?? "").toLowerCase()), { signal })) ?? null,
	});
};
