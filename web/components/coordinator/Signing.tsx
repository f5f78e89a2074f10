"use client";

import { Stack } from "@mantine/core";
import { isOwner } from "@/lib/coordinator/ownership.ts";
import { type Call, type Explain, explainCall } from "@/lib/explain/call.ts";
import { useExplainContext } from "@/lib/wallet/useExplainContext.ts";
import { useSend } from "@/lib/wallet/useSend.ts";
import { useWallet } from "@/lib/wallet/useWallet.ts";
import type { Deployment } from "../../../worker/core/ledger/events.ts";
import { Party } from "../values/Party.tsx";
import { Status } from "../values/Status.tsx";
import { ExplanationView } from "../wallet/ExplanationView.tsx";
import { ReviewAndSign } from "../wallet/ReviewAndSign.tsx";
import { TransactionStatus } from "../wallet/TransactionStatus.tsx";
import { useOwners } from "./useOwners.ts";

type SigningProps = {
	readonly sendKey: string;
	readonly call: Call;
	/** Whose owner alone may send it; anyone may without. */
	readonly contract?: keyof Deployment;
	readonly explain?: Explain;
	readonly onConfirmed?: () => void;
};

/** A transaction's review. Who may not send it reads what it would do, and who may. */
export const Signing = ({ sendKey, call, contract, explain = explainCall, onConfirmed }: SigningProps) => {
	const { wallet } = useWallet();
	const { data: owners } = useOwners();
	const context = useExplainContext();
	const { state } = useSend(sendKey, explain);
	if (wallet !== undefined && (contract === undefined || isOwner(owners, contract, wallet.address))) {
		return <ReviewAndSign sendKey={sendKey} call={call} explain={explain} onConfirmed={onConfirmed} />;
	}
	const explanation = context === undefined ? undefined : explain(call, context);
	return (
		<Stack gap="md">
			{explanation === undefined ? null : <ExplanationView explanation={explanation} />}
			<TransactionStatus state={state} />
			{wallet === undefined ? (
				<Status tone="idle" label="Connect a wallet above to sign this" />
			) : owners === undefined || contract === undefined ? (
				<Status tone="info" label="Reading who may sign this" />
			) : (
				<div>
					<Status tone="warn" label="This wallet can't sign this; only the coordinator's can:" />{" "}
					<Party address={owners[contract]} />
				</div>
			)}
		</Stack>
	);
};
