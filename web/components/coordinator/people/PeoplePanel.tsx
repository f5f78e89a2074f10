"use client";

import { Stack } from "@mantine/core";
import { useMemo } from "react";
import type { Address } from "viem";
import type { LedgerSnapshot } from "@/lib/chain/ledger.tsx";
import type { Registration } from "@/lib/coordinator/calls.ts";
import { hospitalRows, memberRows, type Role } from "@/lib/coordinator/people.ts";
import { readRegistration } from "@/lib/coordinator/registration.ts";
import { Section } from "../../layout/Section.tsx";
import { useAddressBar } from "../useAddressBar.ts";
import { AdmitForm } from "./AdmitForm.tsx";
import { KnownWorkers } from "./KnownWorkers.tsx";
import { HospitalsTable, MembersTable } from "./PeopleTables.tsx";
import { RegistrationPanel } from "./RegistrationPanel.tsx";

/** Who takes part: admissions, removals, lifted bars, and where everybody stands. */
export const PeoplePanel = ({ snapshot }: { readonly snapshot: LedgerSnapshot }) => {
	const { ledger, events } = snapshot;
	const { get, set } = useAddressBar();
	const open = readRegistration(get("act"), get("address"));
	const hospitals = useMemo(() => hospitalRows(ledger, events), [ledger, events]);
	const members = useMemo(() => memberRows(ledger, events), [ledger, events]);
	const act = (registration: Registration, address: Address): void => set({ act: registration, address });
	const admit = (role: Role, address: Address): void =>
		act(role === "member" ? "admitMember" : "admitHospital", address);
	return (
		<>
			{open === undefined ? null : (
				<RegistrationPanel
					key={`${open.registration}-${open.address}`}
					snapshot={snapshot}
					{...open}
					onClose={() => set({ act: undefined, address: undefined })}
				/>
			)}
			<Section title="Admit">
				<Stack gap="lg">
					<AdmitForm ledger={ledger} onAdmit={admit} />
					<KnownWorkers ledger={ledger} onAdmit={admit} />
				</Stack>
			</Section>
			<Section title="Hospitals">
				<HospitalsTable rows={hospitals} onAct={act} />
			</Section>
			<Section title="Committee members">
				<MembersTable rows={members} onAct={act} />
			</Section>
		</>
	);
};
