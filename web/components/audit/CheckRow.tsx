"use client";

import { Code, Text } from "@mantine/core";
import { CHECK_WORDS, STATUS_WORDS } from "@/lib/audit/checkWords.ts";
import type { TimedCheck } from "@/lib/audit/messages.ts";
import { partWords } from "@/lib/audit/subjects.ts";
import { Status } from "../values/Status.tsx";
import classes from "./audit.module.css";

/** One check: its outcome, what it means, what was found; a failed one with its code and what to do. */
export const CheckRow = ({ check }: { readonly check: TimedCheck }) => {
	const { id, place, status, detail, code, nextStep } = check;
	const { title, meaning } = CHECK_WORDS[id];
	const { label, tone } = STATUS_WORDS[status];
	const part = partWords(place);
	const isProblem = status === "failed" || status === "warning";
	return (
		<li className={classes.check}>
			<Status tone={tone} label={label} />
			<div className={classes.body}>
				<Text fw={600} component="p" m={0}>
					{title}
					{part === undefined ? null : `, ${part}`}
				</Text>
				<Text size="sm" component="p" m={0}>
					{meaning}
				</Text>
				{isProblem ? (
					<div className={`${classes.problem} ${status === "warning" ? classes.warning : ""}`}>
						<Text component="p" m={0}>
							{detail}
						</Text>
						{code === undefined ? null : <Code>{code}</Code>}
						{nextStep === undefined ? null : (
							<Text size="sm" component="p" mt={4} mb={0}>
								What to do: {nextStep}
							</Text>
						)}
					</div>
				) : (
					<p className={classes.detail}>
						{status === "skipped" ? "Not checked: " : "Found: "}
						{detail}
					</p>
				)}
				{place.block === undefined ? null : (
					<Text size="xs" c="dimmed" component="p" m={0}>
						Block {place.block}
						{place.transaction === undefined ? null : `, transaction ${place.transaction}`}
					</Text>
				)}
			</div>
		</li>
	);
};
