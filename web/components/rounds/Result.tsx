"use client";

import { Text } from "@mantine/core";
import Link from "next/link";
import { useReceipts } from "@/lib/receipts.ts";
import { gasText } from "@/lib/words/numbers.ts";
import { commitment } from "@/lib/words/sentence.ts";
import { modelPath } from "@/lib/words/transaction.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import type { AttestationRecord, RoundRecord } from "../../../worker/core/ledger/state.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Hash } from "../values/Hash.tsx";
import { Party } from "../values/Party.tsx";
import { Status } from "../values/Status.tsx";
import { When } from "../values/When.tsx";
import { PlainTable } from "./PlainTable.tsx";
import type { RoundView } from "./useRound.ts";

const Agreement = ({
	finalized,
	attestation,
}: {
	finalized: RoundRecord["finalized"];
	attestation: AttestationRecord;
}) => {
	if (finalized === undefined) return <Status tone="info" label="Counted" />;
	const agrees =
		finalized.modelCommitment === attestation.modelCommitment && finalized.modelDigest === attestation.modelDigest;
	return agrees ? <Status tone="ok" label="The result" /> : <Status tone="bad" label="Another model" />;
};

/** The members' attestations, and the model that enough of them agreed on. */
export const Result = ({ view: { round } }: { readonly view: RoundView }) => {
	const { attestations, finalized } = round;
	const receipts = useReceipts(attestations.map(({ place }) => place.transactionHash));
	return (
		<Section title="Attestations and result">
			{finalized === undefined ? (
				<Text mb="md">{round.phase === "Failed" ? "The round has no model." : "The round has no model yet."}</Text>
			) : (
				<Text mb="md" component="div">
					The result is{" "}
					<Link href={modelPath(finalized.modelId)} prefetch={false}>
						model {String(finalized.modelId)}
					</Link>
					, committed as <Hash {...commitment(finalized.modelCommitment)} />, on IPFS as{" "}
					<Hash value={cidOf(finalized.modelDigest.toLowerCase())} kind="cid" />.
				</Text>
			)}
			{attestations.length === 0 ? (
				<EmptyState title="No member has attested">
					A member attests after it has recomputed the new model from public data.
				</EmptyState>
			) : (
				<PlainTable
					caption="Attestations"
					head={["Member", "To", "Model", "Weights", "Gas", "Time"]}
					rows={attestations.map((attestation) => {
						const { member, modelCommitment, modelDigest, place } = attestation;
						const receipt = receipts.get(place.transactionHash);
						return {
							key: member,
							cells: [
								<Party key="party" address={member} />,
								<Agreement key="to" finalized={finalized} attestation={attestation} />,
								<Hash key="model" value={cidOf(modelDigest.toLowerCase())} kind="cid" />,
								<Hash key="weights" {...commitment(modelCommitment)} />,
								receipt === undefined ? "…" : <span key="gas">{gasText(receipt.gasUsed)}</span>,
								receipt === undefined ? `block ${place.blockNumber}` : <When key="when" seconds={receipt.timestamp} />,
							],
						};
					})}
				/>
			)}
		</Section>
	);
};
