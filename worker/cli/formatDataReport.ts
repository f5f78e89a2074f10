/** What `data doctor` prints for people. */
import type { Finding } from "../core/dataset/finding.ts";
import type { DataReport } from "../node/examineData.ts";

const MARKS: Readonly<Record<Finding["severity"], string>> = {
	unusable: "UNUSABLE",
	problem: "PROBLEM ",
	note: "note    ",
};
const ORDER: readonly Finding["severity"][] = ["unusable", "problem", "note"];
const INDENT = " ".repeat(10);

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const formatFinding = ({ severity, part, message, rows, count, fix }: Finding): string => {
	const listed =
		rows.length === 0
			? ""
			: ` (${rows.length === 1 ? "row" : "rows"} ${rows.join(", ")}${count > rows.length ? ", ..." : ""})`;
	return `${MARKS[severity]}  ${part}: ${message}${listed}\n${INDENT}fix: ${fix}`;
};

const VERDICTS = [
	"the data are fine",
	"the data can be used, with problems",
	"the data are unusable as they are",
] as const;

export const formatDataReport = ({ study, input, parts, findings, exitCode }: DataReport): string => {
	const { height, width, channels } = input;
	const lines = parts.map(({ name, kind, rows, good, classes, batches }) => {
		const counts = Object.entries(classes).map(([label, count]) => `${label} ${count}`);
		const refused = rows === good ? "" : `, ${rows - good} refused`;
		return `${name.padEnd(8)}  ${plural(rows, "row")} (${kind})${refused}: ${counts.join(", ")}; ${plural(batches, "whole batch").replace("batchs", "batches")}`;
	});
	const sorted = ORDER.flatMap((severity) => findings.filter((found) => found.severity === severity));
	return [
		`study     ${study}: inputs ${height} x ${width} x ${channels}`,
		...lines,
		...sorted.map(formatFinding),
		VERDICTS[exitCode],
		"",
	].join("\n");
};
