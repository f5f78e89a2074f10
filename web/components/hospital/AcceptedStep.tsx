"use client";

import { Anchor, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import { When } from "@/components/values/When.tsx";
import { useReceipts } from "@/lib/receipts.ts";
import { counted, integer } from "@/lib/words/numbers.ts";
import { roundPath } from "@/lib/words/transaction.ts";
import type { RoundRecord, UpdateRecord } from "../../../worker/core/ledger/state.ts";

type AcceptedStepProps = { readonly round: RoundRecord; readonly update: UpdateRecord };

/** The accepted update, with its gas and a link to all about it. */
export const AcceptedStep = ({ round, update }: AcceptedStepProps) => {
	const { transactionHash } = update.place;
	const receipt = useReceipts([transactionHash]).get(transactionHash);
	const { committee } = round.opening;
	return (
		<Stack gap="xs">
			<Text maw="70ch">
				The contract verified {counted(update.segments.length, "training proof")} and 1 encryption proof. You have
				nothing left to do in this round: it goes on even if your worker is off, as long as the committee has your
				bundle.
			</Text>
			<Facts
				rows={[
					{
						label: "Update",
						value: (
							<Anchor component={Link} href={roundPath(round.roundId, update.hospital)}>
								Your update in round {round.roundId.toString()}
							</Anchor>
						),
					},
					{ label: "Transaction", value: <Hash value={transactionHash} kind="transaction" /> },
					...(receipt === undefined
						? []
						: [
								{ label: "Gas", value: integer(receipt.gasUsed) },
								{ label: "Time", value: <When seconds={receipt.timestamp} /> },
							]),
					{
						label: "Bundle held by",
						value: `${update.confirmedBy.length} of ${committee.length} committee members`,
					},
				]}
			/>
		</Stack>
	);
};
