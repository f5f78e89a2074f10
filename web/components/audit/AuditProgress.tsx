"use client";

import { Progress, Text, VisuallyHidden } from "@mantine/core";
import { countWords } from "@/lib/audit/checkWords.ts";
import { countChecks } from "@/lib/audit/groups.ts";
import { type AuditState, progressOf } from "@/lib/audit/progress.ts";

type Shown = Exclude<AuditState, { readonly phase: "idle" }>;

/** Tenths: a live region that spoke at every check would never be silent. */
const announced = (state: Shown): string => {
	if (state.phase !== "running") return "";
	if (state.head === undefined) return "Reading the deployment's events.";
	return `${Math.floor(progressOf(state) * 10) * 10} percent of the checks made.`;
};

export const AuditProgress = ({ state }: { readonly state: Shown }) => {
	const value = progressOf(state) * 100;
	const { head, checks } = state;
	return (
		<div>
			<Progress.Root size="lg">
				<Progress.Section value={value} aria-label="Checks made" />
			</Progress.Root>
			<Text mt="xs">
				{head === undefined
					? "Reading the deployment's events …"
					: `${checks.length} of ${state.phase === "running" ? "about " : ""}${
							state.phase === "finished" ? checks.length : head.expected
						} checks: ${countWords(countChecks(checks))}.`}
			</Text>
			<VisuallyHidden role="status">{announced(state)}</VisuallyHidden>
		</div>
	);
};
