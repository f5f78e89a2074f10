"use client";

import { useMemo } from "react";
import { createStudyCall, type Verifiers } from "@/lib/coordinator/calls.ts";
import type { Deployment } from "../../../../worker/core/ledger/events.ts";
import type { PlacedPackage } from "../../../../worker/core/studyPackage.ts";
import { Signing } from "../Signing.tsx";

type CreateStepProps = {
	readonly made: PlacedPackage;
	readonly deployment: Deployment;
	readonly verifiers: Verifiers;
};

export const CreateStep = ({ made, deployment, verifiers }: CreateStepProps) => {
	const { updateVerifier, keySumVerifier } = verifiers;
	const call = useMemo(
		() => createStudyCall(deployment, made, { updateVerifier, keySumVerifier }),
		[deployment, made, updateVerifier, keySumVerifier],
	);
	return (
		<Signing sendKey={`create-study-${made.definitionDigest.slice(2, 34)}`} call={call} contract="modelRegistry" />
	);
};
