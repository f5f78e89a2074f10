"use client";

import { PageHeader } from "@/components/layout/PageHeader.tsx";
import { WorkerGate } from "@/components/pairing/WorkerGate.tsx";
import { WalletGate } from "@/components/wallet/WalletGate.tsx";
import { CommitteeDesk } from "./CommitteeDesk.tsx";

export const CommitteePage = () => (
	<>
		<PageHeader
			title="Committee"
			description="Keep the bundles of a round, open the sum of the keys, and attest to the new model. Your worker checks and computes, your wallet signs."
		/>
		<WalletGate role="committee">
			{(wallet) => (
				<WorkerGate role="committee" wallet={wallet}>
					{(worker) => <CommitteeDesk wallet={wallet} worker={worker} />}
				</WorkerGate>
			)}
		</WalletGate>
	</>
);
