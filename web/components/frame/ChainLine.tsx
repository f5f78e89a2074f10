"use client";

import { useLedger } from "@/lib/chain/ledger.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import { Hash } from "../values/Hash.tsx";
import { Status } from "../values/Status.tsx";

/** Which deployment is shown, up to which block, and whether the node still answers. */
export const ChainLine = () => {
	const { chain, roundManager } = useConfig();
	const state = useLedger();
	return (
		<>
			{chain.name} (chain {chain.id}), RoundManager <Hash value={roundManager} kind="address" />
			{state.status === "ready" ? ` read up to block ${state.blockNumber}. ` : ". "}
			{state.status === "ready" && state.problem !== undefined ? (
				<Status tone="warn" label="The node does not answer; what is shown may be old" />
			) : null}
		</>
	);
};
