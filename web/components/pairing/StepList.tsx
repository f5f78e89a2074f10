"use client";

import { Text, Timeline, Title } from "@mantine/core";
import { Check, Circle, CircleDot } from "lucide-react";
import type { ReactNode } from "react";
import { Status } from "@/components/values/Status.tsx";
import { type StepState, stepState, type Turn } from "@/lib/worker/steps.ts";

export type ShownStep = {
	readonly id: string;
	readonly title: string;
	/** What the step is about, while it is still to come. */
	readonly about: string;
	/** Shown in the current step, and in those that are done where there is something to show. */
	readonly content?: ReactNode;
};

const ICONS = { done: Check, current: CircleDot, later: Circle } as const;

const WORDS: Readonly<Record<Turn, string>> = {
	you: "your turn",
	worker: "your worker is at it",
	others: "waiting",
	nobody: "done",
};

const StepStatus = ({ state, turn }: { readonly state: StepState; readonly turn: Turn }) => {
	if (state === "done" || (state === "current" && turn === "nobody")) return <Status tone="ok" label="done" />;
	if (state === "later") return <Status tone="idle" label="later" />;
	return <Status tone={turn === "you" ? "warn" : "info"} label={WORDS[turn]} />;
};

type StepListProps = { readonly steps: readonly ShownStep[]; readonly current: string; readonly turn: Turn };

/** The way through a study: what is done, what is due and whose turn it is, what comes later. */
export const StepList = ({ steps, current, turn }: StepListProps) => {
	const at = steps.findIndex(({ id }) => id === current);
	return (
		<Timeline active={at} bulletSize={26} lineWidth={2}>
			{steps.map(({ id, title, about, content }, index) => {
				const state = stepState(index, at);
				const Icon = ICONS[state];
				return (
					<Timeline.Item
						key={id}
						bullet={<Icon aria-hidden size={14} />}
						aria-current={state === "current" ? "step" : undefined}
						title={
							<Title order={3} size="h4">
								{title}
							</Title>
						}
					>
						<StepStatus state={state} turn={turn} />
						{state === "later" || content === undefined ? (
							<Text c="dimmed" size="sm" maw="70ch">
								{about}
							</Text>
						) : null}
						{state === "later" ? null : content}
					</Timeline.Item>
				);
			})}
		</Timeline>
	);
};
