"use client";

import { Button, Checkbox, Group, Stack } from "@mantine/core";
import type { Address } from "viem";
import { useConfig } from "@/lib/config/context.tsx";
import { namesFrom } from "@/lib/words/names.ts";
import type { Ledger } from "../../../../worker/core/ledger/state.ts";
import classes from "../coordinator.module.css";

type CommitteeChoiceProps = {
	readonly ledger: Ledger;
	readonly seats: number;
	readonly chosen: readonly Address[];
	readonly proposed: readonly Address[] | undefined;
	/** What is wrong with the choice. */
	readonly problem: string | undefined;
	readonly onChange: (chosen: readonly Address[]) => void;
};

/** Seats are in the order of the members' admissions, whoever was ticked first. */
export const CommitteeChoice = ({ ledger, seats, chosen, proposed, problem, onChange }: CommitteeChoiceProps) => {
	const { participants } = useConfig();
	const nameOf = namesFrom(participants);
	const members = [...ledger.members];
	return (
		<Stack gap="xs">
			<Checkbox.Group
				label={`Committee: ${seats} members`}
				description="Proposed: everybody in turn, by a rule that anyone can compute again. Choose others when you know that one can't take part."
				value={[...chosen]}
				error={problem ?? null}
				onChange={(values) => onChange(members.flatMap(([member]) => (values.includes(member) ? [member] : [])))}
			>
				<Stack gap={6} my="xs">
					{members.map(([member, key]) => (
						<Checkbox
							key={member}
							value={member}
							label={nameOf(member)}
							disabled={key === undefined}
							description={key === undefined ? "no share key registered yet" : member}
							classNames={{ description: classes.address ?? "" }}
						/>
					))}
				</Stack>
			</Checkbox.Group>
			{proposed === undefined || proposed.join() === chosen.join() ? null : (
				<Group>
					<Button size="xs" variant="default" onClick={() => onChange(proposed)}>
						Take the proposal again
					</Button>
				</Group>
			)}
		</Stack>
	);
};
