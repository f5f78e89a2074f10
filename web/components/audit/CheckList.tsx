"use client";

import { Checkbox, Stack } from "@mantine/core";
import { useMemo, useState } from "react";
import { type CheckGroup, groupChecks, troubledKeys } from "@/lib/audit/groups.ts";
import type { TimedCheck } from "@/lib/audit/messages.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { CheckTree } from "./CheckTree.tsx";

type CheckListProps = { readonly checks: readonly TimedCheck[]; readonly nameOf: NameOf };

/** The checks so far, by what they are about. What needs attention is open until somebody closes it. */
export const CheckList = ({ checks, nameOf }: CheckListProps) => {
	const groups = useMemo(() => groupChecks(checks), [checks]);
	const troubled = useMemo(() => new Set(troubledKeys(groups)), [groups]);
	const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
	const [onlyProblems, setOnlyProblems] = useState(false);
	const isOpen = ({ key, subject }: CheckGroup): boolean =>
		chosen.get(key) ?? (troubled.has(key) || subject.kind === "study");
	const setOpen = ({ key }: CheckGroup, open: boolean) => setChosen((current) => new Map(current).set(key, open));
	return (
		<Stack gap="md">
			<Checkbox
				label="Show only what did not pass"
				checked={onlyProblems}
				onChange={(event) => setOnlyProblems(event.currentTarget.checked)}
			/>
			{onlyProblems && troubled.size === 0 ? <p>Every check so far has passed.</p> : null}
			<CheckTree {...{ groups, nameOf, onlyProblems, isOpen, setOpen }} />
		</Stack>
	);
};
