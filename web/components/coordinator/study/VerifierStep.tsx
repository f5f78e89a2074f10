"use client";

import { Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import type { Address } from "viem";
import { explainDeployment, type VerifierKind } from "@/lib/coordinator/explainDeployment.ts";
import type { StudyPackage } from "../../../../worker/core/studyPackage.ts";
import { Hash } from "../../values/Hash.tsx";
import { Status } from "../../values/Status.tsx";
import { Signing } from "../Signing.tsx";

type VerifierStepProps = {
	readonly made: StudyPackage;
	readonly kind: VerifierKind;
	readonly sendKey: string;
	readonly address: Address | undefined;
	/** Why an earlier deployment does not count. */
	readonly why: string | undefined;
};

/** A verifier has no owner; only who creates the study has a use for it. */
export const VerifierStep = ({ made, kind, sendKey, address, why }: VerifierStepProps) => {
	const call = useMemo(() => ({ to: undefined, data: made.verifiers[kind].creationCode }), [made, kind]);
	const explain = useMemo(() => explainDeployment(made, kind), [made, kind]);
	if (address !== undefined) {
		return (
			<Stack gap="xs">
				<Status tone="ok" label="Deployed, and it answers with the package's keys" />
				<Text component="div">
					{made.verifiers[kind].contract} at <Hash value={address} kind="address" />
				</Text>
			</Stack>
		);
	}
	return (
		<Stack gap="md">
			{why === undefined ? null : <Status tone="warn" label={`An earlier deployment does not count: ${why}`} />}
			<Signing sendKey={sendKey} call={call} explain={explain} contract="modelRegistry" />
		</Stack>
	);
};
