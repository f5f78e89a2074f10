"use client";

import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Address } from "viem";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import { type Registration, registrationCall } from "@/lib/coordinator/calls.ts";
import { registrationDone, registrationKey } from "@/lib/coordinator/registration.ts";
import { Section } from "../../layout/Section.tsx";
import { Status } from "../../values/Status.tsx";
import { Signing } from "../Signing.tsx";

const TITLES: Readonly<Record<Registration, string>> = {
	admitHospital: "Admit a hospital",
	removeHospital: "Remove a hospital",
	readmitHospital: "Lift the bar on a hospital",
	admitMember: "Admit a committee member",
	removeMember: "Remove a committee member",
};

type RegistrationPanelProps = {
	readonly snapshot: LedgerSnapshot;
	readonly registration: Registration;
	readonly address: Address;
	readonly onClose: () => void;
};

/** One admission or removal, from review to its transaction's end. */
export const RegistrationPanel = ({ snapshot, registration, address, onClose }: RegistrationPanelProps) => {
	const { deployment, ledger, events } = snapshot;
	// As of when it was opened: the transaction itself changes both.
	const [key] = useState(() => registrationKey(events, registration, address));
	const [done] = useState(() => registrationDone(ledger, registration, address));
	const call = useMemo(() => registrationCall(deployment, registration, address), [deployment, registration, address]);
	const panel = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const before = document.activeElement;
		panel.current?.focus();
		// Where the keyboard was, when it is still there.
		return () => {
			if (before instanceof HTMLElement && before.isConnected) before.focus();
		};
	}, []);
	return (
		<div ref={panel} tabIndex={-1}>
			<Section
				title={TITLES[registration]}
				actions={
					<Button size="xs" variant="default" onClick={onClose}>
						Close
					</Button>
				}
			>
				{done === undefined ? (
					<Signing sendKey={key} call={call} contract="hospitalRegistry" />
				) : (
					<Status tone="ok" label={done} />
				)}
			</Section>
		</div>
	);
};
