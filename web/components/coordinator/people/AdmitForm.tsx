"use client";

import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import type { Address } from "viem";
import { readAddress } from "@/lib/coordinator/addressInput.ts";
import { admissionProblem, type Role } from "@/lib/coordinator/people.ts";
import type { Ledger } from "../../../../worker/core/ledger/state.ts";

type AdmitFormProps = { readonly ledger: Ledger; readonly onAdmit: (role: Role, address: Address) => void };

const ROLES = [
	{ value: "hospital", label: "Hospital" },
	{ value: "member", label: "Committee member" },
];

/** An address and the role it gets; says at once what is wrong with it. */
export const AdmitForm = ({ ledger, onAdmit }: AdmitFormProps) => {
	const [text, setText] = useState("");
	const [role, setRole] = useState<Role>("hospital");
	const [tried, setTried] = useState(false);
	const label = useId();
	const input = readAddress(text);
	const problem =
		input.kind === "problem"
			? input.problem
			: input.kind === "address"
				? admissionProblem(ledger, role, input.address)
				: tried
					? "Enter the address of a wallet."
					: undefined;
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		setTried(true);
		if (input.kind !== "address" || problem !== undefined) return;
		onAdmit(role, input.address);
		setText("");
		setTried(false);
	};
	return (
		<form onSubmit={submit} noValidate>
			<Stack gap="sm">
				<div>
					<Text id={label} size="sm" fw={500} mb={4}>
						Role
					</Text>
					<SegmentedControl
						aria-labelledby={label}
						data={ROLES}
						value={role}
						onChange={(value) => setRole(value === "member" ? "member" : "hospital")}
					/>
				</div>
				<TextInput
					label="Address of its wallet"
					description="The whole address, from the participant itself. One address may have both roles."
					placeholder="0x"
					autoComplete="off"
					spellCheck={false}
					value={text}
					error={problem ?? null}
					onChange={({ currentTarget }) => setText(currentTarget.value)}
				/>
				<Group>
					<Button type="submit">Review the admission</Button>
				</Group>
			</Stack>
		</form>
	);
};
