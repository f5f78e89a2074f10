"use client";

import { Button, Text, Title } from "@mantine/core";
import dynamic from "next/dynamic";
import { memo, useId, useState } from "react";
import type { ProofWords } from "@/lib/words/proof.ts";
import { LoadingState } from "../states/LoadingState.tsx";
import type { ProofChoice } from "./ProofValues.tsx";
import classes from "./rounds.module.css";
import { Sentence } from "./Sentence.tsx";
import type { RoundView } from "./useRound.ts";

/** Rebuilds the statement from the chain, with the code of the audit: hashes that nobody needs who only reads. */
const ProofValues = dynamic(() => import("./ProofValues.tsx").then((module) => module.ProofValues), {
	ssr: false,
	loading: () => <LoadingState what="the public signals" />,
});

type ProofProps = {
	readonly words: ProofWords;
	readonly view: RoundView;
	readonly choice: ProofChoice;
	/** Who made it: with the title, what names it among all proofs of the page. */
	readonly whose: string;
};

/** What one proof proves, with its public signals and points one click away. */
export const Proof = memo(({ words: { title, sentence, note }, view, choice, whose }: ProofProps) => {
	const [shown, setShown] = useState(false);
	const id = useId();
	const name = `${title.toLowerCase()}, ${whose}`;
	return (
		<li className={classes.proof}>
			<Title order={4} size="h5">
				{title}
			</Title>
			<Text component="div">
				<Sentence parts={sentence} />
			</Text>
			{note === undefined ? null : (
				<Text size="sm" c="dimmed">
					{note}
				</Text>
			)}
			<Button
				size="compact-sm"
				variant="default"
				mt={6}
				aria-expanded={shown}
				aria-controls={id}
				aria-label={`${shown ? "Hide" : "Show"} public signals and proof of ${name}`}
				onClick={() => setShown(!shown)}
			>
				{shown ? "Hide" : "Show"} public signals and proof
			</Button>
			<div id={id}>{shown ? <ProofValues view={view} choice={choice} name={name} /> : null}</div>
		</li>
	);
});
Proof.displayName = "Proof";
