"use client";

import { Text } from "@mantine/core";
import type { Address } from "viem";
import { Hash } from "@/components/values/Hash.tsx";
import { Status } from "@/components/values/Status.tsx";
import type { HospitalStanding } from "@/lib/worker/hospitalSteps.ts";

type AdmissionStepProps = { readonly address: Address; readonly standing: HospitalStanding };

export const AdmissionStep = ({ address, standing: { admitted, barred } }: AdmissionStepProps) => {
	if (barred) {
		return (
			<>
				<Status tone="bad" label="barred" />
				<Text maw="70ch">
					An update of this hospital was shown not to be what its proof says, so the contract removed it. The
					coordinator can lift the bar when the reason is known.
				</Text>
			</>
		);
	}
	if (admitted) return null;
	return (
		<>
			<Text maw="70ch">Give this address to the coordinator, who admits it. This page goes on by itself then.</Text>
			<Hash value={address} kind="address" full />
		</>
	);
};
