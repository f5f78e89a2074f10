/** Rows that are there more than once: within a part, and across parts, where they leak. */
import type { Examined, Fingerprint } from "./examine.ts";
import { counted, type Finding, finding } from "./finding.ts";

const groupsOf = (
	rows: readonly Fingerprint[],
	key: (row: Fingerprint) => string,
): ReadonlyMap<string, readonly Fingerprint[]> => {
	const groups = new Map<string, Fingerprint[]>();
	for (const row of rows) {
		const known = groups.get(key(row));
		if (known === undefined) groups.set(key(row), [row]);
		else known.push(row);
	}
	return groups;
};

const keyOf = ({ content, inputs }: Fingerprint): string => content ?? inputs;

/** Rows that repeat an earlier one, and equal rows with different labels. */
export const repeatFindings = (part: string, { fingerprints }: Examined): readonly Finding[] => {
	const groups = [...groupsOf(fingerprints, keyOf).values()].filter(({ length }) => length > 1);
	const extra = groups.flatMap(([, ...others]) => others.map(({ row }) => row)).sort((a, b) => a - b);
	const conflicting = groups
		.filter(([first, ...others]) => others.some(({ label }) => label !== first?.label))
		.flatMap((group) => group.map(({ row }) => row))
		.sort((a, b) => a - b);
	const found: Finding[] = [];
	if (extra.length > 0) {
		found.push(
			finding(part, {
				severity: "problem",
				kind: "duplicates",
				message: `${counted(extra.length, "row")} the same as an earlier row`,
				rows: extra,
				fix: "Remove the repeats unless they are different patients: they count twice in training.",
			}),
		);
	}
	if (conflicting.length > 0) {
		found.push(
			finding(part, {
				severity: "problem",
				kind: "conflicting-labels",
				message: `${counted(conflicting.length, "row")} equal to a row with another label`,
				rows: conflicting,
				fix: "Find out which label is right; remove the other rows.",
			}),
		);
	}
	return found;
};

type NamedPart = { readonly name: string; readonly examined: Examined };

/** Rows that two parts share. Contents are compared where both parts have them, quantized inputs otherwise. */
export const sharedFindings = (parts: readonly NamedPart[]): readonly Finding[] =>
	parts.flatMap((first, index) =>
		parts.slice(index + 1).flatMap((second): Finding[] => {
			const comparable = [first, second].every(({ examined }) =>
				examined.fingerprints.every(({ content }) => content !== undefined),
			);
			const key = (row: Fingerprint): string => (comparable ? keyOf(row) : row.inputs);
			const known = groupsOf(first.examined.fingerprints, key);
			const shared = second.examined.fingerprints.filter((row) => known.has(key(row)));
			if (shared.length === 0) return [];
			const leaks = second.name === "test" || first.name === "test";
			const conflicting = shared.filter((row) => known.get(key(row))?.some(({ label }) => label !== row.label));
			const contradiction = conflicting.length === 0 ? "" : `, ${conflicting.length} of them with another label`;
			return [
				finding(second.name, {
					severity: "problem",
					kind: leaks ? "leakage" : "shared",
					message: `${counted(shared.length, "row")} of ${second.name} in ${first.name} too${contradiction}`,
					rows: shared.map(({ row }) => row),
					fix: leaks
						? `Remove them from ${first.name}: results on rows that were trained on are too good.`
						: `Remove them from ${second.name}.`,
				}),
			];
		}),
	);
