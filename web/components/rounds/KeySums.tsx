"use client";

import { Title } from "@mantine/core";
import { useReceipts } from "@/lib/receipts.ts";
import { gasText, integer } from "@/lib/words/numbers.ts";
import { keySumProofWords } from "@/lib/words/proof.ts";
import type { KeySumRecord } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Facts } from "../values/Facts.tsx";
import { Hash } from "../values/Hash.tsx";
import { Raw } from "../values/Raw.tsx";
import { When } from "../values/When.tsx";
import { Proof } from "./Proof.tsx";
import classes from "./rounds.module.css";
import { type RoundView, useNames, useTitleOf } from "./useRound.ts";

const KeySum = ({ view, keySum }: { readonly view: RoundView; readonly keySum: KeySumRecord }) => {
	const nameOf = useNames();
	const { round, study } = view;
	const title = useTitleOf(keySum.member);
	const { member, index: seat, values, proofs, place } = keySum;
	const receipt = useReceipts([place.transactionHash]).get(place.transactionHash);
	return (
		<article className={classes.update}>
			<Title order={3} size="h4">
				{title}
			</Title>
			<Facts
				rows={[
					{ label: "Member", value: <Hash value={member} kind="address" /> },
					{ label: "Seat", value: integer(seat) },
					{
						label: "Posted",
						value: receipt === undefined ? `block ${place.blockNumber}` : <When seconds={receipt.timestamp} />,
					},
					{ label: "Transaction", value: <Hash value={place.transactionHash} kind="transaction" /> },
					{ label: "Gas", value: receipt === undefined ? "…" : gasText(receipt.gasUsed) },
				]}
			/>
			<ol className={classes.proofs}>
				{proofs.map((_, index) => (
					<Proof
						// biome-ignore lint/suspicious/noArrayIndexKey: proofs have an order and nothing else
						key={index}
						words={keySumProofWords(round, study.parameters, keySum, { index, nameOf })}
						view={view}
						whose={title}
						choice={{ kind: "keySum", keySum, index }}
					/>
				))}
			</ol>
			<Raw label={`the ${values.length} numbers of ${title}`} value={values} />
		</article>
	);
};

export const KeySums = ({ view }: { readonly view: RoundView }) => (
	<Section title="Key sums">
		{view.round.keySums.length === 0 ? (
			<EmptyState title="No key sum has been posted">Until enough are, nobody can decrypt anything.</EmptyState>
		) : null}
		{view.round.keySums.map((keySum) => (
			<KeySum key={keySum.member} view={view} keySum={keySum} />
		))}
	</Section>
);
