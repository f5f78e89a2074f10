"use client";

import { Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { Download, Link as LinkIcon, Printer } from "lucide-react";
import { browserHint, CHECK_WORDS, countWords } from "@/lib/audit/checkWords.ts";
import type { AuditState } from "@/lib/audit/progress.ts";
import { queryOf } from "@/lib/audit/request.ts";
import { saveFile } from "@/lib/audit/saveFile.ts";
import { placeWords } from "@/lib/audit/subjects.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { duration } from "@/lib/words/time.ts";
import { EmptyState } from "../states/EmptyState.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { Status } from "../values/Status.tsx";
import { When } from "../values/When.tsx";
import classes from "./audit.module.css";

type AuditEndProps = { readonly state: AuditState; readonly nameOf: NameOf };

/** How the audit ended: clean or not, stopped, or interrupted by something that is not audited. */
export const AuditEnd = ({ state, nameOf }: AuditEndProps) => {
	switch (state.phase) {
		case "idle":
		case "running":
			return null;
		case "stopped":
			return (
				<div role="status">
					<EmptyState title="The audit was stopped">
						What was checked until then is below. It says nothing about the rest.
					</EmptyState>
				</div>
			);
		case "interrupted": {
			const { code, message, nextStep } = state.problem;
			const hint = browserHint(code);
			return (
				<>
					<ErrorState
						error={{
							code,
							message: `The audit was interrupted: ${message}`,
							nextStep: hint === undefined ? nextStep : `${nextStep} ${hint}`,
						}}
					/>
					<Text mt="sm">This says nothing about the deployment: repair the connection and start the audit again.</Text>
				</>
			);
		}
		case "finished": {
			const { report, head, request } = state;
			const { clean, counts, firstFailure } = report;
			const name = `audit-${report.chainId}-${report.deployment.roundManager.slice(2, 10)}-block-${report.blockNumber}.json`;
			return (
				<div className={`${classes.result} ${clean ? "" : classes.resultFailed}`} role="status">
					<Text fw={700} size="lg" component="p" m={0}>
						<Status
							tone={clean ? "ok" : "bad"}
							label={clean ? "Clean: no check failed" : "Not clean: a check failed"}
						/>
					</Text>
					<Text component="p" my={4}>
						{countWords(counts)}, up to block {report.blockNumber} (<When seconds={BigInt(head.blockTime)} />
						), in {duration(report.seconds)}.
					</Text>
					{firstFailure === undefined ? null : (
						<div className={classes.problem}>
							<Text component="p" m={0}>
								First failure: {CHECK_WORDS[firstFailure.id].title}, {placeWords(firstFailure.place, nameOf)}:{" "}
								{firstFailure.detail}
							</Text>
							<Code>{firstFailure.code}</Code>
							<Text component="p" mt={4} mb={0}>
								What to do: {firstFailure.nextStep}
							</Text>
						</div>
					)}
					{clean ? (
						<Text component="p" my={4} size="sm">
							Clean means: the models follow from proven updates of the committed data by the study's rules. It does not
							mean that the data are true, or that a model is good.
						</Text>
					) : null}
					<Group mt="sm">
						<Button
							variant="default"
							leftSection={<Download aria-hidden size={16} />}
							onClick={() => saveFile(name, `${JSON.stringify(report, null, "\t")}\n`, "application/json")}
						>
							Download report (JSON)
						</Button>
						<Button variant="default" leftSection={<Printer aria-hidden size={16} />} onClick={() => window.print()}>
							Print report
						</Button>
						<CopyButton value={`${window.location.origin}/audit?${queryOf(request)}`}>
							{({ copied, copy }) => (
								<Button variant="default" leftSection={<LinkIcon aria-hidden size={16} />} onClick={copy}>
									{copied ? "Link copied" : "Copy link to this audit"}
								</Button>
							)}
						</CopyButton>
					</Group>
				</div>
			);
		}
	}
};
