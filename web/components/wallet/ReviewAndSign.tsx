"use client";

import { Button, Group, Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { ErrorState } from "@/components/states/ErrorState.tsx";
import { LoadingState } from "@/components/states/LoadingState.tsx";
import { Raw } from "@/components/values/Raw.tsx";
import { useLedger } from "@/lib/chain/ledger.tsx";
import { type Call, type Explain, explainCall } from "@/lib/explain/call.ts";
import { PROBLEMS } from "@/lib/explain/walletErrors.ts";
import { isBusy } from "@/lib/wallet/state.ts";
import { useExplainContext } from "@/lib/wallet/useExplainContext.ts";
import { type SendState, useSend } from "@/lib/wallet/useSend.ts";
import { ExplanationView } from "./ExplanationView.tsx";
import { TransactionStatus } from "./TransactionStatus.tsx";
import classes from "./wallet.module.css";

export type Confirmed = Extract<SendState, { phase: "confirmed" }>;

/** A call that is still shown so many blocks after it was mined is due once more. */
const LATE_BLOCKS = 10n;

type ReviewAndSignProps = {
	/** Stable name of the step: its transaction is found again after a reload. */
	readonly sendKey: string;
	readonly call: Call;
	readonly onConfirmed?: ((confirmed: Confirmed) => void) | undefined;
	/** For calls that explainCall does not know, such as deployments. */
	readonly explain?: Explain | undefined;
	/** On the button. */
	readonly action?: string | undefined;
	/** It can't be told whether the call is still due. */
	readonly disabled?: boolean | undefined;
};

/** Says what a transaction does before the wallet is asked to sign it, and what became of it afterwards. */
export const ReviewAndSign = ({
	sendKey,
	call,
	onConfirmed,
	explain = explainCall,
	action = "Sign and send",
	disabled = false,
}: ReviewAndSignProps) => {
	const ledger = useLedger();
	const context = useExplainContext();
	const { state, send, reset } = useSend(sendKey, explain);
	const told = useRef<string>(undefined);
	useEffect(() => {
		if (state.phase !== "confirmed" || told.current === state.hash) return;
		told.current = state.hash;
		onConfirmed?.(state);
	}, [state, onConfirmed]);

	if (context === undefined || ledger.status !== "ready") return <LoadingState what="the chain" />;
	const { blockNumber } = ledger;
	const explanation = explain(call, context);
	const { to, data } = call;
	if (state.phase === "confirmed") {
		return (
			<div className={classes.review}>
				{explanation === undefined ? null : (
					<Title order={3} size="h4">
						{explanation.title}
					</Title>
				)}
				<TransactionStatus state={state} />
				{blockNumber >= state.blockNumber + LATE_BLOCKS ? (
					<Group>
						<Button variant="default" onClick={reset}>
							It is due again: review it
						</Button>
					</Group>
				) : null}
			</div>
		);
	}
	if (explanation === undefined) {
		const { code, title, detail, nextStep } = PROBLEMS.unexplained;
		return (
			<div className={classes.review}>
				<ErrorState error={{ code, message: `${title}. ${detail}`, nextStep }} />
				<Raw label="the raw transaction" value={{ to, data }} />
			</div>
		);
	}
	return (
		<div className={classes.review}>
			<ExplanationView explanation={explanation} />
			<Raw label="the raw transaction" value={{ to, data }} />
			<Group>
				<Button
					onClick={() => void send(call)}
					disabled={disabled || isBusy(state)}
					loading={state.phase === "checking"}
				>
					{state.phase === "failed" ? "Try again" : action}
				</Button>
			</Group>
			<TransactionStatus state={state} onDismiss={reset} />
		</div>
	);
};
