"use client";

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { requireDigest } from "../../worker/adapters/ipfs/cid.ts";
import type { Ledger } from "../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../worker/core/serverOptimizer/serverStep.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { useLedger } from "./chain/ledger.tsx";
import { useBlockStore } from "./ipfs/store.ts";

const useRecords = (): Ledger | undefined => {
	const state = useLedger();
	return state.status === "ready" ? state.ledger : undefined;
};

/** The study's definition, by its digest on chain. Fails with BLOCK_*, IPFS_UNREACHABLE, STUDY_INVALID. */
export const useStudy = (studyId: bigint | undefined): UseQueryResult<Study> => {
	const store = useBlockStore();
	const ledger = useRecords();
	const digest = studyId === undefined ? undefined : ledger?.studies.get(studyId)?.parameters.definitionDigest;
	return useQuery({
		queryKey: ["study", digest],
		enabled: digest !== undefined,
		queryFn: async ({ signal }) => {
			// Schemas are not needed before there is something to check.
			const [bytes, { decodeStudy }] = await Promise.all([
				store.get(requireDigest((digest ?? "").toLowerCase()), { signal }),
				import("../../worker/core/codecs/study.ts"),
			]);
			return decodeStudy(bytes);
		},
	});
};

/** A global model's weights and the server optimizer's state, by its digest on chain. Fails with BLOCK_*, IPFS_UNREACHABLE, MODEL_MALFORMED. */
export const useGlobalModel = (modelId: bigint | undefined): UseQueryResult<GlobalModel> => {
	const store = useBlockStore();
	const record = useRecords()?.models.get(modelId ?? -1n);
	const { data: study } = useStudy(record?.studyId);
	return useQuery({
		queryKey: ["model", record?.digest],
		enabled: record !== undefined && study !== undefined,
		queryFn: async ({ signal }) => {
			if (record === undefined || study === undefined) throw new RangeError("asked for before it is known");
			const [bytes, { decodeGlobalModel }, { architectureOf }] = await Promise.all([
				store.get(requireDigest(record.digest.toLowerCase()), { signal }),
				import("../../worker/core/codecs/model.ts"),
				import("../../worker/protocol/study.ts"),
			]);
			return decodeGlobalModel(bytes, architectureOf(study).weightCount);
		},
	});
};
