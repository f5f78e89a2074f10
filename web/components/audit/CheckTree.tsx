"use client";

import { Accordion } from "@mantine/core";
import { countWords, STATUS_WORDS } from "@/lib/audit/checkWords.ts";
import { type CheckGroup, worstOf } from "@/lib/audit/groups.ts";
import { subjectTitle } from "@/lib/audit/subjects.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { Status } from "../values/Status.tsx";
import classes from "./audit.module.css";
import { CheckRow } from "./CheckRow.tsx";

export type OpenGroups = {
	readonly isOpen: (group: CheckGroup) => boolean;
	readonly setOpen: (group: CheckGroup, open: boolean) => void;
};

type CheckTreeProps = OpenGroups & {
	readonly groups: readonly CheckGroup[];
	readonly nameOf: NameOf;
	/** Passed checks are left out. */
	readonly onlyProblems: boolean;
	/** Level of the groups' headings. */
	readonly order?: 3 | 4 | 5;
};

const DEEPER = { 3: 4, 4: 5, 5: 5 } as const;

const hasProblem = ({ counts }: CheckGroup): boolean => counts.failed + counts.warning + counts.skipped > 0;

/** Groups of checks that open and close; what is closed is not drawn. */
export const CheckTree = ({ groups, nameOf, onlyProblems, order = 3, isOpen, setOpen }: CheckTreeProps) => {
	const shown = onlyProblems ? groups.filter(hasProblem) : groups;
	const opened = shown.filter(isOpen).map(({ key }) => key);
	const change = (next: readonly string[]) => {
		for (const group of shown) {
			const wanted = next.includes(group.key);
			if (wanted !== opened.includes(group.key)) setOpen(group, wanted);
		}
	};
	return (
		<Accordion multiple order={order} variant="contained" keepMounted={false} value={opened} onChange={change}>
			{shown.map((group) => {
				const worst = worstOf(group.counts);
				const { label, tone } = worst === "none" ? { label: "Waiting", tone: "idle" as const } : STATUS_WORDS[worst];
				const checks = onlyProblems ? group.checks.filter(({ status }) => status !== "ok") : group.checks;
				return (
					<Accordion.Item key={group.key} value={group.key}>
						<Accordion.Control>
							<span className={classes.group}>
								<Status tone={tone} label={label} />
								<span>{subjectTitle(group.subject, nameOf)}</span>
								<span className={classes.counts}>{countWords(group.counts)}</span>
							</span>
						</Accordion.Control>
						{/* No landmark: the same hospital has an update in every round, and many panels may be open. */}
						<Accordion.Panel role="group">
							{checks.length === 0 ? null : (
								<ul className={classes.checks}>
									{checks.map((check, index) => (
										// Checks are only ever added at the end, and two may be equal.
										// biome-ignore lint/suspicious/noArrayIndexKey: see above
										<CheckRow key={index} check={check} />
									))}
								</ul>
							)}
							{group.groups.length === 0 ? null : (
								<CheckTree {...{ nameOf, onlyProblems, isOpen, setOpen }} groups={group.groups} order={DEEPER[order]} />
							)}
						</Accordion.Panel>
					</Accordion.Item>
				);
			})}
		</Accordion>
	);
};
