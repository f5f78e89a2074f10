"use client";

import { Box, Button, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Section } from "@/components/layout/Section.tsx";
import { Caution } from "@/components/states/Caution.tsx";
import { ErrorState } from "@/components/states/ErrorState.tsx";
import { LoadingState } from "@/components/states/LoadingState.tsx";
import { CheckList } from "@/components/wallet/CheckList.tsx";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import type { ConnectedWallet } from "@/lib/wallet/useWallet.ts";
import { readinessOf } from "@/lib/worker/readiness.ts";
import type { Role } from "@/lib/worker/schemas.ts";
import { type PairedWorker, useWorker } from "@/lib/worker/useWorker.ts";
import { DAPP_VERSION } from "@/lib/worker/version.ts";
import { PairingForm } from "./PairingForm.tsx";

type WorkerGateProps = {
	readonly role: Role;
	readonly wallet: ConnectedWallet;
	/** Shown when everything about the worker is right. */
	readonly children: (worker: PairedWorker) => ReactNode;
};

/** The worker's own trouble, which it deals with by itself or tells what to do about. */
const WorkerTrouble = ({ worker }: { readonly worker: PairedWorker }) => {
	const { connection, problem, status } = worker;
	if (connection === "lost" && problem !== undefined) {
		return (
			<Caution mt="md" title="Your worker does not answer. What follows is what it said last">
				{problem.nextStep} This page goes on asking by itself. What is proven is not lost: a worker that starts again
				goes on where it was.
			</Caution>
		);
	}
	if (connection !== "live" || status === undefined || status.problem === null) return null;
	const { code, message, nextStep } = status.problem;
	return (
		<Caution mt="md" title={`Your worker says: ${message}`}>
			<Text size="sm">{nextStep}</Text>
			<Text size="sm" mt={4} c="dimmed">
				{code}
			</Text>
		</Caution>
	);
};

/** Pairs with the user's worker and checks it before anything is enabled. */
export const WorkerGate = ({ role, wallet, children }: WorkerGateProps) => {
	const { chain } = useConfig();
	const ledger = useLedger();
	const worker = useWorker(role);
	if (ledger.status === "loading") return <LoadingState what="the chain" />;
	if (ledger.status === "error") return <ErrorState error={ledger.error} onRetry={ledger.retry} />;
	const { connection } = worker;
	if (connection === "unpaired" || connection === "refused") {
		const reason =
			connection === "refused"
				? "The token opens nothing any more: the worker was started again. Enter its new token. Nothing is lost."
				: undefined;
		return (
			<Section title="Your worker">
				<Box role="status" mb={connection === "refused" ? "sm" : 0}>
					{connection === "refused" ? (
						<CheckList
							label="Checks of the worker"
							checks={[{ label: "Worker", tone: "warn", result: "has another token now" }]}
						/>
					) : null}
				</Box>
				<PairingForm key={connection} role={role} wallet={wallet.address} worker={worker} reason={reason} />
			</Section>
		);
	}
	const { deployment, blockNumber } = ledger;
	const expected = { role, wallet: wallet.address, chain, deployment, version: DAPP_VERSION, blockNumber };
	const { checks, ready } = readinessOf(worker, expected);
	return (
		<>
			<Section
				title="Your worker"
				actions={
					<Button variant="default" size="xs" onClick={worker.unpair}>
						Unpair
					</Button>
				}
			>
				<div role="status">
					<CheckList label="Checks of the worker" checks={checks} />
				</div>
				<WorkerTrouble worker={worker} />
			</Section>
			{ready ? children(worker) : null}
		</>
	);
};
