"use client";

import { Button, Group, Text } from "@mantine/core";
import type { Address } from "viem";
import type { Registration } from "@/lib/coordinator/calls.ts";
import type { HospitalRow, MemberRow } from "@/lib/coordinator/people.ts";
import { integer } from "@/lib/words/numbers.ts";
import { shorten } from "@/lib/words/shorten.ts";
import { PlainTable } from "../../rounds/PlainTable.tsx";
import { EmptyState } from "../../states/EmptyState.tsx";
import { Party } from "../../values/Party.tsx";
import { Status } from "../../values/Status.tsx";

export type Act = (registration: Registration, address: Address) => void;

const STANDING = {
	admitted: { tone: "ok", label: "Admitted" },
	removed: { tone: "idle", label: "Removed" },
	barred: { tone: "bad", label: "Barred" },
} as const;

type ActButtonProps = {
	readonly label: string;
	readonly registration: Registration;
	readonly address: Address;
	readonly onAct: Act;
};

const ActButton = ({ label, registration, address, onAct }: ActButtonProps) => (
	<Button
		size="xs"
		variant="default"
		aria-label={`${label}: ${shorten(address)}`}
		onClick={() => onAct(registration, address)}
	>
		{label}
	</Button>
);

const HOSPITAL_ACTS = {
	admitted: { label: "Remove", registration: "removeHospital" },
	removed: { label: "Admit again", registration: "admitHospital" },
	barred: { label: "Lift the bar", registration: "readmitHospital" },
} as const;

export const HospitalsTable = ({ rows, onAct }: { readonly rows: readonly HospitalRow[]; readonly onAct: Act }) =>
	rows.length === 0 ? (
		<EmptyState title="No hospital is admitted yet">Admit the first one above.</EmptyState>
	) : (
		<PlainTable
			caption="Hospitals: all that were ever admitted"
			head={["Hospital", "Standing", "Data set", "Action"]}
			rows={rows.map(({ address, standing, datasets }) => ({
				key: address,
				cells: [
					<Party key="party" address={address} />,
					<Status key="standing" {...STANDING[standing]} />,
					datasets.length === 0 ? (
						<Text key="data" span size="sm" c="dimmed">
							none committed
						</Text>
					) : (
						datasets.map(({ studyId, sampleCount }) => `study ${studyId}: ${integer(sampleCount)} samples`).join("; ")
					),
					<ActButton key="act" {...HOSPITAL_ACTS[standing]} address={address} onAct={onAct} />,
				],
			}))}
		/>
	);

const MEMBER_ACTS = {
	admitted: { label: "Remove", registration: "removeMember" },
	removed: { label: "Admit again", registration: "admitMember" },
} as const;

export const MembersTable = ({ rows, onAct }: { readonly rows: readonly MemberRow[]; readonly onAct: Act }) =>
	rows.length === 0 ? (
		<EmptyState title="No committee member is admitted yet">Admit the first one above.</EmptyState>
	) : (
		<PlainTable
			caption="Committee members: all that were ever admitted"
			head={["Member", "Standing", "Share key", "On the committee of", "Action"]}
			rows={rows.map(({ address, standing, hasKey, activeRounds }) => ({
				key: address,
				cells: [
					<Party key="party" address={address} />,
					<Status key="standing" {...STANDING[standing]} />,
					standing === "removed" ? (
						"ended"
					) : hasKey ? (
						<Status key="key" tone="ok" label="Registered" />
					) : (
						<Status key="key" tone="idle" label="Not yet" />
					),
					<Group key="rounds" gap={4}>
						{activeRounds.length === 0 ? "no open round" : activeRounds.map((roundId) => `round ${roundId}`).join(", ")}
					</Group>,
					<ActButton key="act" {...MEMBER_ACTS[standing]} address={address} onAct={onAct} />,
				],
			}))}
		/>
	);
