"use client";

import { Text } from "@mantine/core";
import { Hash } from "@/components/values/Hash.tsx";
import { Party } from "@/components/values/Party.tsx";
import { elementHex } from "@/lib/explain/words.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";

/** What members have attested to so far. */
export const Attestations = ({ round: { attestations } }: { readonly round: RoundRecord }) =>
	attestations.length === 0 ? (
		<Text size="sm">Nobody has attested yet.</Text>
	) : (
		<ul>
			{attestations.map(({ member, modelDigest, modelCommitment }) => (
				<li key={member}>
					<Party address={member} /> attested to the model <Hash value={modelDigest} kind="digest" />, commitment{" "}
					<Hash value={elementHex(modelCommitment)} kind="commitment" />
				</li>
			))}
		</ul>
	);
