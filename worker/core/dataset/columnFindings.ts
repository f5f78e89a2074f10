/** What is wrong with a table's columns. */
import type { Examined } from "./examine.ts";
import { counted, type Finding, finding, percent } from "./finding.ts";

/** A share of values that scaling clips: with 2 deviations, a normal distribution loses 5 %. */
const MANY_CLIPPED = 0.2;
const SOME_CLIPPED = 0.08;
const LARGE_SHIFT = 2;
/** Missing cells, constant columns, other units, values that scaling clips. */
export const columnFindings = (part: string, { columns, fingerprints }: Examined): readonly Finding[] => {
	const good = fingerprints.length;
	return columns.flatMap(({ name, missing, constant, clipped, shift }): Finding[] => {
		const found: Finding[] = [];
		if (missing > 0) {
			found.push(
				finding(part, {
					severity: missing > good / 2 ? "problem" : "note",
					kind: "missing",
					message: `column "${name}": ${counted(missing, "empty cell")}`,
					count: missing,
					fix: "Fill them from the source, remove their rows, or leave the column out of the study.",
				}),
			);
		}
		if (constant) {
			found.push(
				finding(part, {
					severity: "problem",
					kind: "constant",
					message: `column "${name}" has one value in all rows`,
					fix: "Check that it was exported; a column that is constant everywhere does not belong in the study.",
				}),
			);
		} else if (Math.abs(shift) > LARGE_SHIFT) {
			found.push(
				finding(part, {
					severity: "problem",
					kind: "shifted",
					message: `column "${name}": the rows' mean is ${Math.abs(shift).toFixed(1)} of the study's deviations ${shift > 0 ? "above" : "below"} the study's mean`,
					fix: "Check the unit, such as mm for cm; the study's mean and deviation are part of its id.",
				}),
			);
		}
		const share = good === 0 ? 0 : clipped / good;
		if (share > SOME_CLIPPED) {
			found.push(
				finding(part, {
					severity: share > MANY_CLIPPED ? "problem" : "note",
					kind: "saturated",
					message: `column "${name}": ${percent(share)} of the rows are outside the scaling's range and are clipped`,
					count: clipped,
					fix: 'Check the unit; if the values are right, a study with a larger "sigmas" or deviation keeps them apart.',
				}),
			);
		}
		return found;
	});
};
