"use client";

import { useReceipts } from "@/lib/receipts.ts";
import { counted, gasText, integer } from "@/lib/words/numbers.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { Section } from "../layout/Section.tsx";
import { EmptyState } from "../states/EmptyState.tsx";
import { Facts } from "../values/Facts.tsx";
import { Hash } from "../values/Hash.tsx";
import { Party } from "../values/Party.tsx";
import { When } from "../values/When.tsx";
import { PlainTable } from "./PlainTable.tsx";
import type { RoundView } from "./useRound.ts";

/** The set of updates that members opened the keys' sum of, once for ever. */
export const FrozenSet = ({ view: { round } }: { readonly view: RoundView }) => {
	const { frozen, updates } = round;
	const hash = frozen?.place.transactionHash;
	const receipt = useReceipts(hash === undefined ? [] : [hash]).get(hash ?? "0x");
	if (frozen === undefined) {
		return (
			<Section title="Frozen set">
				<EmptyState title={round.phase === "Failed" ? "No set was frozen" : "No set is frozen yet"}>
					The set is fixed once the committee has checked the updates, and can't change afterwards.
				</EmptyState>
			</Section>
		);
	}
	const samples = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	return (
		<Section title="Frozen set">
			<Facts
				rows={[
					{
						label: "Digest",
						value: <Hash value={frozen.frozenSetDigest} kind="digest" />,
						help: "Members sign for exactly this set.",
					},
					{
						label: "Frozen",
						value: receipt === undefined ? `block ${frozen.place.blockNumber}` : <When seconds={receipt.timestamp} />,
					},
					{ label: "Transaction", value: <Hash value={frozen.place.transactionHash} kind="transaction" /> },
					{ label: "Gas", value: receipt === undefined ? "…" : gasText(receipt.gasUsed) },
				]}
			/>
			<PlainTable
				caption={`${counted(updates.length, "update")} in the order of acceptance, ${counted(samples, "sample")}`}
				head={["Hospital", "Weight in the mean", "Bundle"]}
				rows={updates.map(({ hospital, sampleCount, bundleDigest }) => ({
					key: hospital,
					cells: [
						<Party key="party" address={hospital} />,
						`${integer(sampleCount)} of ${integer(samples)}`,
						<Hash key="bundle" value={cidOf(bundleDigest.toLowerCase())} kind="cid" />,
					],
				}))}
			/>
		</Section>
	);
};
