"use client";

import { PageHeader } from "@/components/layout/PageHeader.tsx";
import { WorkerGate } from "@/components/pairing/WorkerGate.tsx";
import { WalletGate } from "@/components/wallet/WalletGate.tsx";
import { HospitalDesk } from "./HospitalDesk.tsx";

export const HospitalPage = () => (
	<>
		<PageHeader
			title="Hospital"
			description="Take part in a study: your worker trains and proves on this machine, your wallet signs. Your rows never leave the worker."
		/>
		<WalletGate role="hospital">
			{(wallet) => (
				<WorkerGate role="hospital" wallet={wallet}>
					{(worker) => <HospitalDesk wallet={wallet} worker={worker} />}
				</WorkerGate>
			)}
		</WalletGate>
	</>
);
