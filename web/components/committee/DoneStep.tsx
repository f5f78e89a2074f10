"use client";

import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { roundPath } from "@/lib/words/transaction.ts";
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { Attestations } from "./Attestations.tsx";

type DoneStepProps = { readonly round: RoundRecord; readonly threshold: number | undefined };

export const DoneStep = ({ round, threshold }: DoneStepProps) => (
	<>
		<Text maw="70ch">
			Your part in{" "}
			<Anchor component={Link} href={roundPath(round.roundId)}>
				round {round.roundId.toString()}
			</Anchor>{" "}
			is done. {threshold ?? "Enough"} equal attestations finalize it.
		</Text>
		<Attestations round={round} />
	</>
);
