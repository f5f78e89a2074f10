"use client";

import { Button, Group } from "@mantine/core";
import type { Address } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { admissionProblem, type Role } from "@/lib/coordinator/people.ts";
import type { Ledger } from "../../../../worker/core/ledger/state.ts";
import { PlainTable } from "../../rounds/PlainTable.tsx";
import { Hash } from "../../values/Hash.tsx";

type KnownWorkersProps = { readonly ledger: Ledger; readonly onAdmit: (role: Role, address: Address) => void };

/** Participants that this site's configuration names and that are not admitted yet. */
export const KnownWorkers = ({ ledger, onAdmit }: KnownWorkersProps) => {
	const { workers } = useConfig();
	const waiting = workers.flatMap(({ role, name, address }) => {
		const as = role === "hospital" ? "hospital" : role === "committee" ? "member" : undefined;
		if (as === undefined || admissionProblem(ledger, as, address) !== undefined) return [];
		return [{ role: as, name, address } as const];
	});
	if (waiting.length === 0) return null;
	return (
		<PlainTable
			caption="Named in this site's configuration, and not admitted. Check with each of them that the address is theirs."
			head={["Participant", "Address", "Role", "Action"]}
			rows={waiting.map(({ role, name, address }) => ({
				key: `${role}-${address}`,
				cells: [
					name,
					<Hash key="address" value={address} kind="address" />,
					role === "hospital" ? "hospital" : "committee member",
					<Group key="admit" gap="xs">
						<Button size="xs" variant="default" aria-label={`Admit ${name}`} onClick={() => onAdmit(role, address)}>
							Admit
						</Button>
					</Group>,
				],
			}))}
		/>
	);
};
