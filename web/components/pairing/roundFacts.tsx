"use client";

import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { Address } from "viem";
import type { Fact } from "@/components/values/Facts.tsx";
import { Party } from "@/components/values/Party.tsx";
import { roundPath } from "@/lib/words/transaction.ts";

export const roundFact = (roundId: bigint): Fact => ({
	label: "Round",
	value: (
		<Anchor component={Link} href={roundPath(roundId)}>
			Round {roundId.toString()}
		</Anchor>
	),
});

export const committeeFact = (committee: readonly Address[]): Fact => ({
	label: "Committee",
	value: committee.map((member) => (
		<div key={member}>
			<Party address={member} />
		</div>
	)),
});
