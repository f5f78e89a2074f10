"use client";

import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { CHECK_WORDS, countWords, STATUS_WORDS } from "@/lib/audit/checkWords.ts";
import type { AuditState } from "@/lib/audit/progress.ts";
import { placeWords } from "@/lib/audit/subjects.ts";
import type { NameOf } from "@/lib/words/names.ts";
import { utc } from "@/lib/words/time.ts";
import classes from "./audit.module.css";

type Finished = Extract<AuditState, { readonly phase: "finished" }>;

const seconds = (milliseconds: number): bigint => BigInt(Math.floor(milliseconds / 1000));

/** The whole report on paper, every check with its details; drawn only while it is printed. */
export const PrintedReport = ({ state, nameOf }: { readonly state: Finished; readonly nameOf: NameOf }) => {
	const [printing, setPrinting] = useState(false);
	useEffect(() => {
		const before = () => flushSync(() => setPrinting(true));
		const after = () => setPrinting(false);
		window.addEventListener("beforeprint", before);
		window.addEventListener("afterprint", after);
		return () => {
			window.removeEventListener("beforeprint", before);
			window.removeEventListener("afterprint", after);
		};
	}, []);
	if (!printing) return null;
	const { report, head, request, startedAt, finishedAt } = state;
	const { deployment, checks, counts, clean } = report;
	const facts: readonly (readonly [string, string])[] = [
		["Result", `${clean ? "Clean: no check failed" : "Not clean: a check failed"} (${countWords(counts)})`],
		["Started", utc(seconds(startedAt))],
		["Finished", `${utc(seconds(finishedAt))}, after ${report.seconds.toFixed(1)} s`],
		["Chain", String(report.chainId)],
		["Read up to block", `${report.blockNumber}, of ${utc(BigInt(head.blockTime))}, ${head.events} events`],
		["RoundManager", deployment.roundManager],
		["ModelRegistry", deployment.modelRegistry],
		["HospitalRegistry", deployment.hospitalRegistry],
		["Study", report.studyId ?? "all"],
		["RPC URL (host)", new URL(request.rpcUrl).host],
		["IPFS gateways", request.gateways.map((gateway) => new URL(gateway).host).join(", ")],
		["Made by", "DecentraHealth's audit page, in a browser; proofs verified by snarkjs"],
	];
	return (
		<div className={classes.print}>
			<h1>Audit report</h1>
			<table>
				<tbody>
					{facts.map(([label, value]) => (
						<tr key={label}>
							<th scope="row">{label}</th>
							<td>{value}</td>
						</tr>
					))}
				</tbody>
			</table>
			<h2>Checks</h2>
			<table>
				<thead>
					<tr>
						<th scope="col">Outcome</th>
						<th scope="col">Check</th>
						<th scope="col">Where</th>
						<th scope="col">Found</th>
					</tr>
				</thead>
				<tbody>
					{checks.map(({ id, place, status, detail, code, nextStep }, index) => (
						// The report does not change, and two checks may be equal.
						// biome-ignore lint/suspicious/noArrayIndexKey: see above
						<tr key={index}>
							<td>{STATUS_WORDS[status].label}</td>
							<td>
								{CHECK_WORDS[id].title} ({id})
							</td>
							<td>
								{placeWords(place, nameOf)}
								{place.transaction === undefined ? null : `, transaction ${place.transaction}`}
							</td>
							<td>
								{detail}
								{code === undefined ? null : ` (${code})`}
								{nextStep === undefined ? null : ` What to do: ${nextStep}`}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
};
