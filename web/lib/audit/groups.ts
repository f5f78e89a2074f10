/** The checks of an audit as people look for them: by study, model, round, and within a round by update and committee member. */
import type { CheckPlace } from "../../../worker/core/audit/report.ts";
import type { TimedCheck } from "./messages.ts";

export type CheckCounts = {
	readonly ok: number;
	readonly warning: number;
	readonly failed: number;
	readonly skipped: number;
};

export type GroupSubject =
	| { readonly kind: "history" }
	| { readonly kind: "study"; readonly studyId: string }
	| { readonly kind: "model"; readonly modelId: string }
	| { readonly kind: "round"; readonly roundId: string }
	| { readonly kind: "update"; readonly roundId: string; readonly hospital: string }
	| { readonly kind: "member"; readonly roundId: string; readonly member: string };

export type CheckGroup = {
	/** Stable while checks arrive, unique in the audit. */
	readonly key: string;
	readonly subject: GroupSubject;
	/** Of the group itself, in the order in which they were made. */
	readonly checks: readonly TimedCheck[];
	readonly groups: readonly CheckGroup[];
	/** Of the group and all groups in it. */
	readonly counts: CheckCounts;
};

type Growing = { readonly subject: GroupSubject; readonly checks: TimedCheck[]; readonly groups: Map<string, Growing> };

const path = (id: string, { studyId, modelId, roundId, hospital, member }: CheckPlace): readonly GroupSubject[] => {
	if (id.startsWith("history.") || studyId === undefined) return [{ kind: "history" }];
	const study: GroupSubject = { kind: "study", studyId };
	if (roundId === undefined) return modelId === undefined ? [study] : [study, { kind: "model", modelId }];
	const round: GroupSubject = { kind: "round", roundId };
	if (hospital !== undefined) return [study, round, { kind: "update", roundId, hospital }];
	if (member !== undefined) return [study, round, { kind: "member", roundId, member }];
	return [study, round];
};

export const keyOf = (subject: GroupSubject): string => Object.values(subject).join("-").toLowerCase();

export const countChecks = (checks: readonly TimedCheck[]): CheckCounts => {
	const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
	for (const { status } of checks) counts[status] += 1;
	return counts;
};

const addCounts = (one: CheckCounts, other: CheckCounts): CheckCounts => ({
	ok: one.ok + other.ok,
	warning: one.warning + other.warning,
	failed: one.failed + other.failed,
	skipped: one.skipped + other.skipped,
});

const finished = ({ subject, checks, groups }: Growing): CheckGroup => {
	const inner = [...groups.values()].map(finished);
	return {
		key: keyOf(subject),
		subject,
		checks,
		groups: inner,
		counts: inner.reduce((counts, group) => addCounts(counts, group.counts), countChecks(checks)),
	};
};

export const groupChecks = (checks: readonly TimedCheck[]): readonly CheckGroup[] => {
	const top = new Map<string, Growing>();
	for (const check of checks) {
		let level = top;
		let group: Growing | undefined;
		for (const subject of path(check.id, check.place)) {
			const key = keyOf(subject);
			group = level.get(key) ?? { subject, checks: [], groups: new Map() };
			level.set(key, group);
			level = group.groups;
		}
		group?.checks.push(check);
	}
	return [...top.values()].map(finished);
};

/** The worst of a group: what its mark shows. */
export const worstOf = ({
	ok,
	warning,
	failed,
	skipped,
}: CheckCounts): "ok" | "warning" | "failed" | "skipped" | "none" => {
	if (failed > 0) return "failed";
	if (warning > 0) return "warning";
	if (skipped > 0) return "skipped";
	return ok > 0 ? "ok" : "none";
};

/** Keys of the groups, at any depth, that have something to look at. */
export const troubledKeys = (groups: readonly CheckGroup[]): readonly string[] =>
	groups.flatMap((group) =>
		group.counts.failed + group.counts.warning + group.counts.skipped > 0
			? [group.key, ...troubledKeys(group.groups)]
			: [],
	);
