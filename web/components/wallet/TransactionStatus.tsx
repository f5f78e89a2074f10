"use client";

import { Alert, Button, Code, Group, Text } from "@mantine/core";
import { CircleX } from "lucide-react";
import { Hash } from "@/components/values/Hash.tsx";
import { Status } from "@/components/values/Status.tsx";
import type { SendState } from "@/lib/wallet/useSend.ts";

type TransactionStatusProps = {
	readonly state: SendState;
	/** Takes a failure off the screen. */
	readonly onDismiss?: (() => void) | undefined;
};

const Line = ({ state }: { readonly state: SendState }) => {
	switch (state.phase) {
		case "idle":
		case "failed":
			return null;
		case "checking":
			return <Status tone="info" label="Checking: would the contract accept it?" />;
		case "signing":
			return <Status tone="info" label="Waiting for your signature: open your wallet" />;
		case "pending":
			return <Status tone="info" label="Sent, waiting to be mined" />;
		case "confirmed":
			return (
				<Status
					tone="ok"
					label={`Confirmed in block ${state.blockNumber}, ${state.gasUsed.toLocaleString("en-US")} gas`}
				/>
			);
	}
};

/** Where a transaction stands, told as it changes. */
export const TransactionStatus = ({ state, onDismiss }: TransactionStatusProps) => (
	<div>
		<Group role="status" gap="sm" mih={state.phase === "idle" || state.phase === "failed" ? 0 : 28}>
			<Line state={state} />
			{state.phase === "pending" || state.phase === "confirmed" ? <Hash value={state.hash} kind="transaction" /> : null}
		</Group>
		{state.phase === "failed" ? (
			<Alert role="alert" color="red" variant="light" icon={<CircleX aria-hidden />} title={state.problem.title}>
				<Text size="sm">{state.problem.detail}</Text>
				<Text size="sm" mt={4}>
					{state.problem.nextStep}
				</Text>
				<Group mt="sm" gap="sm">
					<Code>{state.problem.code}</Code>
					{state.hash === undefined ? null : <Hash value={state.hash} kind="transaction" />}
					{onDismiss === undefined ? null : (
						<Button size="xs" variant="default" onClick={onDismiss}>
							Dismiss
						</Button>
					)}
				</Group>
			</Alert>
		) : null}
	</div>
);
