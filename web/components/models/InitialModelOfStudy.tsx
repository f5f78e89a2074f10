"use client";

import { useStudy } from "@/lib/studies.ts";
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import type { DeploymentId } from "../../../worker/protocol/deploymentId.ts";
import { Status } from "../values/Status.tsx";
import { InitialModelCheck } from "./InitialModelCheck.tsx";

export type InitialModelOfStudyProps = {
	readonly studyId: bigint;
	readonly deployment: DeploymentId;
	/** The study's initial model as it is registered. */
	readonly record: ModelRecord;
};

/** As {@link InitialModelCheck}, of a study whose definition the page has not loaded. */
export const InitialModelOfStudy = ({ studyId, ...rest }: InitialModelOfStudyProps) => {
	const { data: study, isError } = useStudy(studyId);
	if (isError) return <Status tone="bad" label="The study's definition can't be had" />;
	return study === undefined ? (
		<Status tone="idle" label="Loading the study …" />
	) : (
		<InitialModelCheck study={study} {...rest} />
	);
};
