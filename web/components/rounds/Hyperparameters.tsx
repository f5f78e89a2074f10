"use client";

import { Text } from "@mantine/core";
import { useMemo } from "react";
import { useStudy } from "@/lib/studies.ts";
import { type Circuit, type Hyperparameter, hyperparameters, PROVEN_BY } from "@/lib/words/hyperparameters.ts";
import { cidOf } from "../../../worker/adapters/ipfs/cid.ts";
import { Section } from "../layout/Section.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { Facts } from "../values/Facts.tsx";
import { Hash } from "../values/Hash.tsx";
import { Status } from "../values/Status.tsx";
import { PlainTable } from "./PlainTable.tsx";
import type { RoundView } from "./useRound.ts";

const CIRCUITS: Readonly<Record<Circuit, string>> = {
	train: "training circuit",
	encrypt: "encryption circuit",
	keySum: "key sum circuit",
};

const Proven = ({ by, circuit, agrees }: Hyperparameter) => (
	<>
		{by === "constant" && circuit !== undefined ? `Constant of the ${CIRCUITS[circuit]}` : PROVEN_BY[by]}
		{agrees === false ? <Status tone="bad" label="Differs from the definition" /> : null}
	</>
);

/** What the study's definition says beside what the proofs and the contract hold of it. */
export const Hyperparameters = ({ view: { round, study } }: { readonly view: RoundView }) => {
	const { data: definition, error, refetch } = useStudy(study.studyId);
	const rows = useMemo(() => hyperparameters(study, definition, round), [study, definition, round]);
	return (
		<Section title="Hyperparameters and how they are proven">
			<Text mb="md">
				A constant of a circuit is part of its verifying key, whose hash the study registered: a proof with another
				value does not verify. That a key belongs to a circuit with these constants is checked against the circuit's
				source and the records of the key ceremony.
			</Text>
			<Facts
				rows={[
					{
						label: "Study definition",
						value: <Hash value={cidOf(study.parameters.definitionDigest.toLowerCase())} kind="cid" />,
					},
					{ label: "Training key", value: <Hash value={study.trainVkHash} kind="digest" /> },
					{ label: "Encryption key", value: <Hash value={study.encryptVkHash} kind="digest" /> },
					{ label: "Key sum key", value: <Hash value={study.keySumVkHash} kind="digest" /> },
				]}
			/>
			{error === null ? null : <ErrorState error={error} onRetry={() => void refetch()} />}
			<PlainTable
				caption="By the study's definition, and as registered on chain where it is"
				head={["Hyperparameter", "Definition", "On chain", "Proven as", "How"]}
				rows={rows.map((row) => ({
					key: row.label,
					cells: [
						row.label,
						row.defined ?? (error === null && definition === undefined ? "…" : "–"),
						row.onChain ?? "–",
						<Proven key="proven" {...row} />,
						row.how,
					],
				}))}
			/>
		</Section>
	);
};
