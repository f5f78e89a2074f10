"use client";

import { Box } from "@mantine/core";
import { CONTRACT_NAMES, isOwner, OWNER_DUTIES, soleOwner } from "@/lib/coordinator/ownership.ts";
import { useWallet } from "@/lib/wallet/useWallet.ts";
import { Section } from "../layout/Section.tsx";
import { ErrorState } from "../states/ErrorState.tsx";
import { LoadingState } from "../states/LoadingState.tsx";
import { Facts } from "../values/Facts.tsx";
import { Party } from "../values/Party.tsx";
import { Status } from "../values/Status.tsx";
import { useOwners } from "./useOwners.ts";

const CONTRACTS = ["hospitalRegistry", "modelRegistry", "roundManager"] as const;

/** Who the coordinator is, and whether that is the connected wallet. */
export const OwnerNotice = () => {
	const { data: owners, error, refetch } = useOwners();
	const { wallet } = useWallet();
	if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
	if (owners === undefined) return <LoadingState what="who owns the contracts" />;
	const sole = soleOwner(owners);
	const mine = CONTRACTS.filter((contract) => isOwner(owners, contract, wallet?.address));
	const all = mine.length === CONTRACTS.length;
	return (
		<Section title="Coordinator">
			{wallet === undefined ? (
				<Status tone="idle" label="No wallet is connected: everything is shown, nothing can be signed" />
			) : all ? (
				<Status tone="ok" label="This wallet is the coordinator" />
			) : mine.length > 0 ? (
				<Status
					tone="warn"
					label={`This wallet owns ${mine.map((contract) => CONTRACT_NAMES[contract]).join(" and ")} only`}
				/>
			) : (
				<Status
					tone="warn"
					label="This wallet is not the coordinator: everything is shown, nothing of the coordinator's can be signed"
				/>
			)}
			<Box mt="md">
				<Facts
					rows={
						sole === undefined
							? CONTRACTS.map((contract) => ({
									label: `Owner of ${CONTRACT_NAMES[contract]}`,
									value: <Party address={owners[contract]} />,
									help: `It ${OWNER_DUTIES[contract]}.`,
								}))
							: [
									{
										label: "Owner of the contracts",
										value: <Party address={sole} />,
										help: "It admits hospitals and members, creates studies and opens rounds. It can't read, forge or reorder anything.",
									},
								]
					}
				/>
			</Box>
		</Section>
	);
};
