"use client";

import { Title } from "@mantine/core";
import { memo, useEffect, useId, useMemo, useRef, useState } from "react";
import { useReceipts } from "@/lib/receipts.ts";
import type { Submission } from "@/lib/words/history.ts";
import { counted, gasText, integer } from "@/lib/words/numbers.ts";
import { encryptionProofWords, trainingProofWords } from "@/lib/words/proof.ts";
import { commitment } from "@/lib/words/sentence.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { Disclosure } from "../values/Disclosure.tsx";
import { Facts } from "../values/Facts.tsx";
import { Hash } from "../values/Hash.tsx";
import { When } from "../values/When.tsx";
import { Proof } from "./Proof.tsx";
import classes from "./rounds.module.css";
import { type RoundView, useTitleOf } from "./useRound.ts";

type UpdateProps = {
	readonly view: RoundView;
	readonly submission: Submission;
	/** The address names it. */
	readonly isNamed: boolean;
	/** Proofs are shown without a click. */
	readonly isOpen: boolean;
	readonly normBound: number | undefined;
};

const Proofs = ({ view, submission, normBound }: Pick<UpdateProps, "view" | "submission" | "normBound">) => {
	const whose = useTitleOf(submission.hospital);
	const { round, study } = view;
	const proofs = useMemo(
		() =>
			[
				...submission.segments.map((_, index) => trainingProofWords(round, study.parameters, submission, index)),
				encryptionProofWords(round, study.parameters, submission, normBound),
			].map((words, index) => ({ words, choice: { kind: "update", update: submission, index } as const })),
		[round, study, submission, normBound],
	);
	return (
		<ol className={classes.proofs}>
			{proofs.map(({ words, choice }) => (
				<Proof key={choice.index} words={words} view={view} choice={choice} whose={whose} />
			))}
		</ol>
	);
};

/** One accepted update: what was sent, and each of its proofs in words. */
export const Update = memo(({ view, submission, isNamed, isOpen, normBound }: UpdateProps) => {
	const { hospital, sampleCount, batchCount, datasetRoot, weightsCommitment, bundleDigest, confirmedBy, place } =
		submission;
	const [chosen, setChosen] = useState<boolean>();
	const shown = chosen ?? (isOpen || isNamed);
	const id = useId();
	const title = useTitleOf(hospital);
	const article = useRef<HTMLElement>(null);
	const receipt = useReceipts([place.transactionHash]).get(place.transactionHash);
	useEffect(() => {
		if (!isNamed) return;
		article.current?.scrollIntoView();
		article.current?.focus({ preventScroll: true });
	}, [isNamed]);
	const proofCount = counted(submission.segments.length + 1, "proof");
	return (
		<article
			ref={article}
			id={`update-${hospital}`}
			tabIndex={-1}
			className={classes.update}
			aria-labelledby={`${id}-title`}
		>
			<Title order={3} size="h4" id={`${id}-title`}>
				{title}
			</Title>
			<Facts
				rows={[
					{ label: "Hospital", value: <Hash value={hospital} kind="address" /> },
					{
						label: "Submitted",
						value: receipt === undefined ? `block ${place.blockNumber}` : <When seconds={receipt.timestamp} />,
					},
					{ label: "Transaction", value: <Hash value={place.transactionHash} kind="transaction" /> },
					{ label: "Gas", value: receipt === undefined ? "…" : gasText(receipt.gasUsed) },
					{
						label: "Trained on",
						value: `${counted(sampleCount, "sample")} in ${counted(batchCount, "batch", "batches")}`,
					},
					{ label: "Data set", value: <Hash {...commitment(datasetRoot)} /> },
					{
						label: "Trained weights",
						value: <Hash {...commitment(weightsCommitment)} />,
						help: "Only their commitment is public.",
					},
					{ label: "Bundle on IPFS", value: <Hash value={cidOf(bundleDigest.toLowerCase())} kind="cid" /> },
					{
						label: "Held by",
						value: `${integer(confirmedBy.length)} of ${view.round.opening.committee.length} members`,
					},
				]}
			/>
			<Disclosure label={`the ${proofCount}`} mt="sm" shown={shown} onToggle={() => setChosen(!shown)}>
				{() => <Proofs view={view} submission={submission} normBound={normBound} />}
			</Disclosure>
		</article>
	);
});
Update.displayName = "Update";
