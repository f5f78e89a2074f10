"use client";

import { Stack, Text } from "@mantine/core";
import classes from "@/components/pairing/pairing.module.css";
import { Facts } from "@/components/values/Facts.tsx";
import { Status, type Tone } from "@/components/values/Status.tsx";
import { counted, integer, listed } from "@/lib/words/numbers.ts";
import type { WorkerDataset } from "@/lib/worker/schemas.ts";

type Verdict = WorkerDataset["report"]["verdict"];
type Severity = WorkerDataset["report"]["findings"][number]["severity"];

const VERDICTS: Readonly<Record<Verdict, { tone: Tone; label: string; text: string }>> = {
	fine: { tone: "ok", label: "nothing wrong", text: "The data doctor found nothing that stands in the way." },
	problems: {
		tone: "warn",
		label: "usable, with problems",
		text: "The worker takes the data, and what comes of them may mislead. Look at each finding before you commit.",
	},
	unusable: {
		tone: "bad",
		label: "in part unusable",
		text: "A part of the data is refused. Correct them before you commit.",
	},
};

const SEVERITIES: Readonly<Record<Severity, { tone: Tone; label: string }>> = {
	unusable: { tone: "bad", label: "unusable" },
	problem: { tone: "warn", label: "problem" },
	note: { tone: "info", label: "note" },
};

/** What the worker says of the data, before anything is committed: counts and findings, never a value. */
export const DoctorSummary = ({ dataset }: { readonly dataset: WorkerDataset }) => {
	const { samples, leftOver, batches, batchSize, classes: byClass, report } = dataset;
	const verdict = VERDICTS[report.verdict];
	const named = Object.entries(byClass).map(([name, number]) => `${integer(number)} ${name}`);
	return (
		<Stack gap="sm">
			<div>
				<Status tone={verdict.tone} label={`Data: ${verdict.label}`} />
				<Text maw="70ch">{verdict.text}</Text>
			</div>
			{report.findings.length === 0 ? null : (
				<ul className={classes.findings} aria-label="Findings of the data doctor">
					{report.findings.map(({ severity, code, text, count }) => (
						<li key={`${code} ${text}`}>
							<Status tone={SEVERITIES[severity].tone} label={SEVERITIES[severity].label} />
							<Text size="sm" maw="75ch">
								{text}
								{count === undefined ? "" : ` Rows or cells concerned: ${integer(count)}.`}
							</Text>
						</li>
					))}
				</ul>
			)}
			<Facts
				rows={[
					{ label: "Samples", value: `${integer(samples)} in ${counted(batches, "batch", "batches")} of ${batchSize}` },
					{
						label: "Left over",
						value: integer(leftOver),
						help: leftOver === 0 ? "Every row is in a batch." : "They fill no batch, and are not trained on.",
					},
					{ label: "Classes", value: listed(named), help: "Only you see this: it does not go on chain." },
				]}
			/>
		</Stack>
	);
};
