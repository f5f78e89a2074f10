"use client";

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import { useWallet } from "@/lib/wallet/useWallet.ts";
import { createWorkerClient, type WorkerClient } from "@/lib/worker/client.ts";
import { readPairing } from "@/lib/worker/pairing.ts";
import { readinessOf } from "@/lib/worker/readiness.ts";
import { useWorker } from "@/lib/worker/useWorker.ts";
import { DAPP_VERSION } from "@/lib/worker/version.ts";
import { PairingForm } from "../../pairing/PairingForm.tsx";
import { Status } from "../../values/Status.tsx";
import { CheckList } from "../../wallet/CheckList.tsx";

type WorkerForBlocksProps = {
	readonly busy: boolean;
	readonly onPublish: (client: WorkerClient) => Promise<void>;
};

/** The coordinator's own worker, checked before it gets anything, and the button that publishes there. */
export const WorkerForBlocks = ({ busy, onPublish }: WorkerForBlocksProps) => {
	const { chain } = useConfig();
	const ledger = useLedger();
	const { wallet } = useWallet();
	const worker = useWorker("coordinator");
	if (wallet === undefined)
		return <Status tone="idle" label="Connect the coordinator's wallet above to pair with its worker" />;
	if (ledger.status !== "ready") return null;
	const { connection } = worker;
	if (connection === "unpaired" || connection === "refused") {
		const reason =
			connection === "refused"
				? "The token opens nothing any more: the worker was started again. Enter its new token."
				: "Your worker runs on this machine. It publishes the blocks in its own store, from which everybody fetches them.";
		return (
			<div>
				<Title order={3} size="h4" mb="xs">
					Your worker
				</Title>
				<PairingForm key={connection} role="coordinator" wallet={wallet.address} worker={worker} reason={reason} />
			</div>
		);
	}
	const { deployment, blockNumber } = ledger;
	const expected = {
		role: "coordinator",
		wallet: wallet.address,
		chain,
		deployment,
		version: DAPP_VERSION,
		blockNumber,
	} as const;
	const { checks, ready } = readinessOf(worker, expected);
	const publish = (): void => {
		const pairing = readPairing(window.sessionStorage, "coordinator");
		if (pairing !== undefined) void onPublish(createWorkerClient(pairing));
	};
	return (
		<Stack gap="md">
			<Group justify="space-between">
				<Title order={3} size="h4">
					Your worker
				</Title>
				<Button variant="default" size="xs" onClick={worker.unpair}>
					Unpair
				</Button>
			</Group>
			<div role="status">
				<CheckList label="Checks of the worker" checks={checks} />
			</div>
			{connection === "lost" ? <Text size="sm">This page goes on asking by itself.</Text> : null}
			<Group>
				<Button loading={busy} disabled={!ready || connection !== "live"} onClick={publish}>
					Publish what is missing
				</Button>
			</Group>
		</Stack>
	);
};
