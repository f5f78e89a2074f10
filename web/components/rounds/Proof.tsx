"use client";

import { Text, Title } from "@mantine/core";
import dynamic from "next/dynamic";
import { memo, useState } from "react";
import type { ProofWords } from "@/lib/words/proof.ts";
import { LoadingState } from "../states/LoadingState.tsx";
import { Disclosure } from "../values/Disclosure.tsx";
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
			<Disclosure
				label="public signals and proof"
				name={`public signals and proof of ${name}`}
				mt={6}
				shown={shown}
				onToggle={() => setShown(!shown)}
			>
				{() => <ProofValues view={view} choice={choice} name={name} />}
			</Disclosure>
		</li>
	);
});
Proof.displayName = "Proof";
