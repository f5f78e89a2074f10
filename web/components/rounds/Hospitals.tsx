"use client";

import { useMemo } from "react";
import { useReceipts } from "@/lib/receipts.ts";
import { gasText, integer } from "@/lib/words/numbers.ts";
import { type Participant, participantsOf, participationText } from "@/lib/words/participants.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Hash } from "../values/Hash.tsx";
import { Party } from "../values/Party.tsx";
import { Status } from "../values/Status.tsx";
import { When } from "../values/When.tsx";
import { PlainTable } from "./PlainTable.tsx";
import { useRoundTime } from "./RoundClock.tsx";
import type { RoundView } from "./useRound.ts";

const HEAD = ["Hospital", "State", "Why", "Samples", "Proofs", "Gas", "Submitted", "Bundle"];

export const Hospitals = ({ view: { round, study, history } }: { readonly view: RoundView }) => {
	const now = useRoundTime();
	const participants = useMemo(
		() => participantsOf(round, study.parameters, { history, now }),
		[round, study, history, now],
	);
	const receipts = useReceipts(
		participants.flatMap(({ submission }) => (submission === undefined ? [] : [submission.place.transactionHash])),
	);
	const cellsOf = ({ submission }: Participant) => {
		if (submission === undefined) return ["–", "–", "–", "–", "–"];
		const { sampleCount, segments, place, bundleDigest, hospital } = submission;
		const receipt = receipts.get(place.transactionHash);
		return [
			integer(sampleCount),
			<a key="proofs" href={`#update-${hospital}`}>
				{segments.length} + 1
			</a>,
			receipt === undefined ? "…" : <span key="gas">{gasText(receipt.gasUsed)}</span>,
			receipt === undefined ? `block ${place.blockNumber}` : <When key="when" seconds={receipt.timestamp} />,
			<Hash key="bundle" value={cidOf(bundleDigest.toLowerCase())} kind="cid" />,
		];
	};
	return (
		<Section title="Hospitals">
			{participants.length === 0 ? (
				<EmptyState title="No hospital had committed data before the round opened" />
			) : (
				<PlainTable
					caption={`${participationText(participants)}. Proofs: training + encryption.`}
					head={HEAD}
					rows={participants.map((participant) => ({
						key: participant.hospital,
						cells: [
							<Party key="party" address={participant.hospital} />,
							<Status key="state" tone={participant.tone} label={participant.state} />,
							participant.reason,
							...cellsOf(participant),
						],
					}))}
				/>
			)}
		</Section>
	);
};
