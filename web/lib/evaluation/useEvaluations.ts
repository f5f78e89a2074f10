"use client";

import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import type { Hex } from "viem";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import { useConfig } from "../config/context.tsx";
import type { DappConfig } from "../config/schema.ts";
import type { ModelMetrics } from "./evaluateModel.ts";

export type Evaluations = {
	/** The public rows that the models are evaluated on; undefined: none are configured, and nothing is evaluated. */
	readonly heldOut: DappConfig["heldOut"];
	/** By model, as far as they are evaluated. */
	readonly byModel: ReadonlyMap<bigint, UseQueryResult<ModelMetrics>>;
};

const lower = (digest: Hex): Hex => digest.toLowerCase() as Hex;

/**
 * Metrics of models, computed in this browser: in a worker that is loaded at the first request, from the global models on IPFS and the
 * configured held-out rows. Nothing about them is proven. Fails with DATASET_FOREIGN when the rows are of another study, BLOCK_*,
 * IPFS_UNREACHABLE, MODEL_MALFORMED.
 * @param definition digest of the study's definition
 */
export const useEvaluations = (
	definition: Hex | undefined,
	models: readonly Pick<ModelRecord, "modelId" | "digest">[],
): Evaluations => {
	const { heldOut, gateways } = useConfig();
	const results = useQueries({
		queries: models.map(({ digest }) => ({
			queryKey: ["evaluation", definition, heldOut?.digest, digest],
			enabled: heldOut !== undefined && definition !== undefined,
			queryFn: async (): Promise<ModelMetrics> => {
				if (heldOut === undefined || definition === undefined) throw new RangeError("asked for before it is known");
				const { browserEvaluator } = await import("./browserEvaluator.ts");
				const blocks = { definition: lower(definition), heldOut: lower(heldOut.digest), model: lower(digest) };
				return browserEvaluator.evaluate({ gateways, ...blocks });
			},
		})),
	});
	return {
		heldOut,
		byModel: new Map(
			models.flatMap(({ modelId }, index) => {
				const result = results[index];
				return result === undefined ? [] : [[modelId, result] as const];
			}),
		),
	};
};
