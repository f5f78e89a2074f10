"use client";

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { commitment } from "@/lib/words/sentence.ts";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { GlobalModel } from "../../../worker/core/serverOptimizer/serverStep.ts";
import { Hash } from "../values/Hash.tsx";
import { Status } from "../values/Status.tsx";

type CommitmentCheckProps = { readonly record: ModelRecord; readonly weights: GlobalModel["weights"] };

/** The downloaded weights, committed to again in this browser, against what the chain says. */
export const CommitmentCheck = ({ record, weights }: CommitmentCheckProps) => {
	const { data: recomputed, isError } = useQuery({
		queryKey: ["commitment", record.digest],
		queryFn: async () => {
			// Poseidon's constants are large.
			const { commitWeights } = await import("../../../worker/protocol/packing.ts");
			return commitment(commitWeights(weights, 0n)).value;
		},
	});
	if (isError) return <Status tone="bad" label="The commitment can't be recomputed" />;
	if (recomputed === undefined) return <Status tone="idle" label="Recomputing …" />;
	const isEqual = recomputed === commitment(record.commitment).value;
	return (
		<>
			<div>
				<Status tone={isEqual ? "ok" : "bad"} label={isEqual ? "Equal to the chain's" : "Not the chain's commitment"} />
			</div>
			<Text component="div" size="sm">
				Recomputed from the downloaded weights: <Hash value={recomputed} kind="commitment" />
			</Text>
			{isEqual ? null : (
				<Text size="sm">Do not use this model: its weights are not those that the committee attested to.</Text>
			)}
		</>
	);
};
