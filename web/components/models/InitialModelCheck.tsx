"use client";

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { DeploymentId } from "../../../worker/protocol/deploymentId.ts";
import type { Study } from "../../../worker/protocol/study.ts";
import { Status } from "../values/Status.tsx";

type InitialModelCheckProps = {
	readonly study: Study;
	readonly deployment: DeploymentId;
	/** The study's initial model as it is registered. */
	readonly record: ModelRecord;
};

/** The study's initial model, computed again in this browser, against what the chain says. */
export const InitialModelCheck = ({ study, deployment, record }: InitialModelCheckProps) => {
	const { chainId, roundManager } = deployment;
	const { data: found, isError } = useQuery({
		queryKey: ["initial model", chainId, roundManager, study, record.digest, String(record.commitment)],
		queryFn: async () => {
			// Poseidon's constants are large.
			const { initialModelWords } = await import("@/lib/words/initialModel.ts");
			return initialModelWords(study, { chainId, roundManager }, record);
		},
	});
	if (isError) return <Status tone="bad" label="The initial model can't be recomputed" />;
	if (found === undefined) return <Status tone="idle" label="Recomputing …" />;
	return (
		<>
			<div>
				<Status tone={found.tone} label={found.label} />
			</div>
			<Text size="sm">{found.detail}</Text>
		</>
	);
};
