"use client";

import { Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { isAddressEqual } from "viem";
import { type AuditFields, fieldsFromQuery } from "@/lib/audit/request.ts";
import { useConfig } from "@/lib/config/context.tsx";
import { namesFrom } from "@/lib/words/names.ts";
import { PageHeader } from "../layout/PageHeader.tsx";
import { Section } from "../layout/Section.tsx";
import { AuditEnd } from "./AuditEnd.tsx";
import { AuditForm } from "./AuditForm.tsx";
import { AuditProgress } from "./AuditProgress.tsx";
import classes from "./audit.module.css";
import { CheckList } from "./CheckList.tsx";
import { PrintedReport } from "./PrintedReport.tsx";
import { useAudit } from "./useAudit.ts";

/** @param query of the page's address, without the question mark */
export const AuditPage = ({ query }: { readonly query: string }) => {
	const { chain, roundManager, gateways, fromBlock, participants } = useConfig();
	const own: AuditFields = {
		address: roundManager,
		rpcUrl: chain.rpcUrl,
		gateways: gateways.join("\n"),
		studyId: "",
		fromBlock: fromBlock === undefined ? "" : String(fromBlock),
	};
	const [initial] = useState(() => fieldsFromQuery(new URLSearchParams(query), own));
	const { state, start, stop } = useAudit();
	// Development chains give everybody the same addresses: names are this deployment's alone.
	const isOwn =
		state.phase !== "idle" &&
		isAddressEqual(state.request.roundManager, roundManager) &&
		(state.head === undefined || state.head.chainId === chain.id);
	const startedAt = state.phase === "idle" ? undefined : state.startedAt;
	const result = useRef<HTMLDivElement>(null);
	useEffect(() => {
		// The form is taller than a small screen: what it started would be out of sight.
		if (startedAt !== undefined) result.current?.scrollIntoView({ block: "nearest" });
	}, [startedAt]);
	const nameOf = namesFrom(isOwn ? participants : {});
	return (
		<>
			<div className={classes.screen}>
				<PageHeader
					title="Audit"
					description="Everything that a deployment claims, verified again in this browser: the chain's events, every proof, every bundle, the sums, the decryption and the resulting models. It needs no wallet and trusts nobody but the Ethereum node that you name."
				/>
				<Section title="What to audit">
					<AuditForm initial={initial} own={own} running={state.phase === "running"} onStart={start} onStop={stop} />
				</Section>
				<div ref={result}>
					{state.phase === "idle" ? null : (
						<Section title="Result">
							<Stack gap="md">
								<AuditProgress state={state} />
								<AuditEnd state={state} nameOf={nameOf} />
							</Stack>
						</Section>
					)}
				</div>
				{state.phase === "idle" || state.checks.length === 0 ? null : (
					<Section title="Checks">
						<CheckList key={state.startedAt} checks={state.checks} nameOf={nameOf} />
					</Section>
				)}
				{state.phase === "idle" ? (
					<Section title="What is checked">
						<Text component="div">
							<ul>
								<li>The contracts' events follow the contracts' rules, completely and in order.</li>
								<li>Every training, encryption and key sum proof verifies for what the chain says.</li>
								<li>Every object on IPFS is the one that the chain names, and every bundle is the proven one.</li>
								<li>
									The sum of the encrypted updates decrypts, and makes exactly the model that the round ended with.
								</li>
								<li>Rounds that failed did so for the reason that they give, and changed nothing.</li>
							</ul>
						</Text>
						<Text c="dimmed">
							Not checked, because nobody can: that the hospitals' data are true and well labelled.
						</Text>
					</Section>
				) : null}
			</div>
			{state.phase === "finished" ? <PrintedReport state={state} nameOf={nameOf} /> : null}
		</>
	);
};
