"use client";

import { Table } from "@mantine/core";
import classes from "@/components/pairing/pairing.module.css";
import { Facts } from "@/components/values/Facts.tsx";
import { Hash } from "@/components/values/Hash.tsx";
import { Party } from "@/components/values/Party.tsx";
import { integer } from "@/lib/words/numbers.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";

/** The one set of updates that a key sum is for. */
export const FrozenSetTable = ({ round }: { readonly round: RoundRecord }) => {
	const { updates, frozen, roundId } = round;
	if (frozen === undefined) return null;
	const samples = updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	return (
		<div>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs the focus to be scrolled by keys */}
			<section className={classes.scroll} tabIndex={0} aria-label={`Frozen set of round ${roundId}`}>
				<Table captionSide="top">
					<Table.Caption>The frozen set of round {roundId.toString()}, in the order of acceptance</Table.Caption>
					<Table.Thead>
						<Table.Tr>
							<Table.Th scope="col">Hospital</Table.Th>
							<Table.Th scope="col">Samples</Table.Th>
							<Table.Th scope="col">Bundle</Table.Th>
						</Table.Tr>
					</Table.Thead>
					<Table.Tbody>
						{updates.map(({ hospital, sampleCount, bundleDigest }) => (
							<Table.Tr key={hospital}>
								<Table.Th scope="row">
									<Party address={hospital} />
								</Table.Th>
								<Table.Td>{integer(sampleCount)}</Table.Td>
								<Table.Td>
									<Hash value={bundleDigest} kind="digest" />
								</Table.Td>
							</Table.Tr>
						))}
					</Table.Tbody>
				</Table>
			</section>
			<Facts
				rows={[
					{ label: "Samples in all", value: integer(samples) },
					{ label: "Digest of the set", value: <Hash value={frozen.frozenSetDigest} kind="digest" /> },
				]}
			/>
		</div>
	);
};
