"use client";

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { requireDigest } from "../../../worker/adapters/ipfs/cid.ts";
import type { Sample } from "../../../worker/protocol/merkle.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { useConfig } from "../config/context.tsx";
import { useBlockStore } from "../ipfs/store.ts";

/** The configured public rows, if they are of this study. Fails with BLOCK_*, IPFS_UNREACHABLE, DATASET_FOREIGN, DATASET_UNREADABLE. */
export const useHeldOutRows = (study: Study): UseQueryResult<readonly Sample[]> => {
	const { heldOut } = useConfig();
	const store = useBlockStore();
	return useQuery({
		queryKey: ["held-out rows", heldOut?.digest, study.name],
		enabled: heldOut !== undefined,
		queryFn: async ({ signal }) => {
			const [bytes, { decodeStore }] = await Promise.all([
				store.get(requireDigest(heldOut?.digest ?? ""), { signal }),
				import("../../../worker/core/dataset/store.ts"),
			]);
			return decodeStore(bytes, study, "the held-out rows");
		},
	});
};
