"use client";

import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Status, type Tone } from "@/components/values/Status.tsx";
import classes from "./wallet.module.css";

export type ShownCheck = {
	readonly label: string;
	readonly tone: Tone;
	/** The result in a few words. */
	readonly result: string;
	/** What to do about it, or more about it. */
	readonly detail?: ReactNode;
};

/** What was checked, each with a word and an icon. */
export const CheckList = ({ label, checks }: { readonly label: string; readonly checks: readonly ShownCheck[] }) => (
	<ul className={classes.checks} aria-label={label}>
		{checks.map((check) => (
			<li key={check.label} className={classes.check}>
				<Text component="span" fw={500}>
					{check.label}
				</Text>
				<Status tone={check.tone} label={check.result} />
				{check.detail === undefined ? null : (
					<Text component="span" size="sm" c="dimmed">
						{check.detail}
					</Text>
				)}
			</li>
		))}
	</ul>
);
