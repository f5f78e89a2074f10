/** What `data doctor` found, for the hospital's own page: counts, names of columns and classes, and no row. */
import type { Finding } from "../core/dataset/finding.ts";
import type { DataReport } from "../node/examineData.ts";

export type DoctorSummary = {
	/** problems: a worker takes the data, and what comes of them may mislead. unusable: a part of them is refused. */
	readonly verdict: "fine" | "problems" | "unusable";
	readonly findings: readonly {
		readonly severity: Finding["severity"];
		/** Stable name of what was found. */
		readonly code: string;
		/** Where, what, and what to do. */
		readonly text: string;
		/** Rows or cells concerned. */
		readonly count?: number;
	}[];
};

const VERDICTS = ["fine", "problems", "unusable"] as const satisfies readonly DoctorSummary["verdict"][];

/** The worst first. */
const ORDER: readonly Finding["severity"][] = ["unusable", "problem", "note"];

export const summarize = ({ findings, exitCode }: Pick<DataReport, "findings" | "exitCode">): DoctorSummary => ({
	verdict: VERDICTS[exitCode],
	findings: ORDER.flatMap((severity) =>
		findings
			.filter((found) => found.severity === severity)
			.map(({ kind, part, message, count, fix }) => ({
				severity,
				code: kind,
				text: `${part}: ${message}. ${fix}`,
				...(count > 0 ? { count } : {}),
			})),
	),
});
