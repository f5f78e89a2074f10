"use client";

import { Group, NativeSelect, NumberInput, Stack } from "@mantine/core";
import {
	type DurationInput,
	PHASE_WORDS,
	PHASES,
	type PhaseName,
	secondsOf,
	UNIT_WORDS,
	UNITS,
	type Unit,
} from "@/lib/coordinator/durations.ts";

export type DurationInputs = Readonly<Record<PhaseName, DurationInput>>;

type DurationFieldsProps = {
	readonly inputs: DurationInputs;
	readonly chainId: number;
	readonly onChange: (inputs: DurationInputs) => void;
};

const isUnit = (text: string): text is Unit => Object.hasOwn(UNITS, text);
const OPTIONS = (Object.keys(UNITS) as Unit[]).map((unit) => ({ value: unit, label: UNIT_WORDS[unit] }));

/** The longest time of each phase, in whatever unit people think of it. */
export const DurationFields = ({ inputs, chainId, onChange }: DurationFieldsProps) => (
	<Stack gap="sm">
		{PHASES.map((phase) => {
			const { label, help } = PHASE_WORDS[phase];
			const input = inputs[phase];
			const seconds = secondsOf(input, chainId);
			const change = (changed: Partial<DurationInput>): void =>
				onChange({ ...inputs, [phase]: { ...input, ...changed } });
			return (
				<Group key={phase} align="flex-end" gap="xs">
					<NumberInput
						label={label}
						description={help}
						value={input.amount}
						onChange={(amount) => change({ amount })}
						min={0}
						max={31_536_000}
						error={"problem" in seconds ? seconds.problem : null}
						flex="1 1 14rem"
						maw={480}
					/>
					<NativeSelect
						aria-label={`Unit of ${label.toLowerCase()}`}
						data={OPTIONS}
						value={input.unit}
						onChange={({ currentTarget }) => {
							if (isUnit(currentTarget.value)) change({ unit: currentTarget.value });
						}}
						w={120}
					/>
				</Group>
			);
		})}
	</Stack>
);
