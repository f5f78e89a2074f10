"use client";

import { useReceipts } from "@/lib/receipts.ts";
import { gasText, listed } from "@/lib/words/numbers.ts";
import { Section } from "../layout/Section.tsx";
import { Party } from "../values/Party.tsx";
import { Raw } from "../values/Raw.tsx";
import { Status } from "../values/Status.tsx";
import { PlainTable } from "./PlainTable.tsx";
import { type RoundView, useNames } from "./useRound.ts";

/** Who sits on the committee, and what each member has done. */
export const Committee = ({ view: { round, study, history } }: { readonly view: RoundView }) => {
	const nameOf = useNames();
	const { committee, shareKeys } = round.opening;
	const { confirmations } = history;
	const receipts = useReceipts(confirmations.map(({ place }) => place.transactionHash));
	const heldBy = (member: string): string => {
		const own = confirmations.filter((confirmation) => confirmation.member === member);
		if (own.length === 0) return "none";
		const gas = own.flatMap(({ place }) => receipts.get(place.transactionHash)?.gasUsed ?? []);
		const sum = gas.reduce((all, one) => all + one, 0n);
		const names = listed(own.flatMap(({ hospitals }) => hospitals.map(nameOf)));
		return gas.length < own.length ? names : `${names} (${gasText(sum)})`;
	};
	const done = (isDone: boolean, label: string, missing: string) =>
		isDone ? <Status tone="ok" label={label} /> : <Status tone="idle" label={missing} />;
	return (
		<Section title="Committee">
			<PlainTable
				caption={`${committee.length} members; any ${study.parameters.threshold} of them open the sum and finalize the round`}
				head={["Member", "Seat", "Keeps the bundles of", "Key sum", "Attestation"]}
				rows={committee.map((member, seat) => ({
					key: member,
					cells: [
						<Party key="party" address={member} />,
						seat + 1,
						heldBy(member),
						done(
							round.keySums.some((keySum) => keySum.member === member),
							"Posted",
							"Not posted",
						),
						done(
							round.attestations.some((attestation) => attestation.member === member),
							"Attested",
							"Not attested",
						),
					],
				}))}
			/>
			{round.hospitalAttestations.length === 0 ? null : (
				<PlainTable
					caption={`Hospitals of the set that attested in the members' place; more than half of ${round.updates.length} finalize`}
					head={["Hospital", "Attestation"]}
					rows={round.hospitalAttestations.map(({ hospital }) => ({
						key: hospital,
						cells: [<Party key="party" address={hospital} />, done(true, "Attested", "Not attested")],
					}))}
				/>
			)}
			<Raw
				label="share keys at the round's opening"
				value={committee.map((member, seat) => ({ member, ...shareKeys[seat] }))}
			/>
		</Section>
	);
};
