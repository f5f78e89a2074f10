"use client";

import { Button, Group, Text } from "@mantine/core";
import { useConnectModal } from "@rainbow-me/rainbowkit";
import type { ReactNode } from "react";
import { useDisconnect, useSwitchChain } from "wagmi";
import { Section } from "@/components/layout/Section.tsx";
import { LoadingState } from "@/components/states/LoadingState.tsx";
import { Party } from "@/components/values/Party.tsx";
import { useConfig } from "@/lib/config/context.tsx";
import { explainRevert } from "@/lib/explain/revert.ts";
import { type ConnectedWallet, useWallet } from "@/lib/wallet/useWallet.ts";
import { CheckList, type ShownCheck } from "./CheckList.tsx";
import { type Funds, useFunds } from "./useFunds.ts";

export type WalletRole = "hospital" | "committee" | "coordinator";

const WHOSE: Readonly<Record<WalletRole, string>> = {
	hospital: "the hospital's wallet: the one that your worker is configured for",
	committee: "the committee member's wallet: the one that your worker is configured for",
	coordinator: "the coordinator's wallet: the owner of the contracts",
};

type WalletGateProps = {
	readonly role: WalletRole;
	/** Shown once the wallet is ready. */
	readonly children: ReactNode | ((wallet: ConnectedWallet) => ReactNode);
};

const Connect = ({ role }: { readonly role: WalletRole }) => {
	const { chain } = useConfig();
	const { openConnectModal } = useConnectModal();
	return (
		<Section title="Your wallet">
			<Text maw="70ch">
				Connect {WHOSE[role]}. This page can see its address and ask it to sign; each time it says before what the
				transaction does. It never has your key. A wallet that is on another network is asked to switch to {chain.name},
				chain {chain.id}.
			</Text>
			<Button mt="md" onClick={openConnectModal} disabled={openConnectModal === undefined}>
				Connect a wallet
			</Button>
		</Section>
	);
};

const networkCheck = ({ chainId }: ConnectedWallet, chain: { id: number; name: string }): ShownCheck =>
	chainId === chain.id
		? { label: "Network", tone: "ok", result: `${chain.name}, chain ${chain.id}` }
		: {
				label: "Network",
				tone: "bad",
				result: `wrong network: chain ${chainId ?? "unknown"}`,
				detail: `The consortium is on ${chain.name}, chain ${chain.id}.`,
			};

const fundsCheck = (funds: Funds | undefined, failed: boolean): ShownCheck => {
	if (funds === undefined) {
		return failed
			? { label: "Balance", tone: "bad", result: "not known", detail: "The chain's node does not answer." }
			: { label: "Balance", tone: "info", result: "being read" };
	}
	return funds.isEmpty
		? { label: "Balance", tone: "bad", result: funds.text, detail: "Send this account some ETH to pay for gas." }
		: { label: "Balance", tone: "ok", result: funds.text };
};

const SwitchNetwork = () => {
	const { chain } = useConfig();
	const { switchChain, error, isPending } = useSwitchChain();
	const problem = error === null ? undefined : explainRevert(error);
	return (
		<>
			<Button loading={isPending} onClick={() => switchChain({ chainId: chain.id })}>
				Switch to {chain.name}
			</Button>
			<Text role="status" size="sm">
				{problem === undefined ? "" : `${problem.title}. ${problem.nextStep}`}
			</Text>
		</>
	);
};

/** Connects a wallet and checks network and balance before anything that needs it is shown. */
export const WalletGate = ({ role, children }: WalletGateProps) => {
	const { chain } = useConfig();
	const { wallet, connecting } = useWallet();
	const { disconnect } = useDisconnect();
	const { funds, failed } = useFunds(wallet?.address);
	if (wallet === undefined) return connecting ? <LoadingState what="your wallet" /> : <Connect role={role} />;
	const isRightNetwork = wallet.chainId === chain.id;
	const isReady = isRightNetwork && funds?.isEmpty === false;
	const checks: readonly ShownCheck[] = [
		{ label: "Account", tone: "ok", result: "connected", detail: <Party address={wallet.address} /> },
		networkCheck(wallet, chain),
		fundsCheck(funds, failed),
	];
	return (
		<>
			<Section
				title="Your wallet"
				actions={
					<Button variant="default" size="xs" onClick={() => disconnect()}>
						Disconnect
					</Button>
				}
			>
				<CheckList label="Checks of the wallet" checks={checks} />
				{isRightNetwork ? null : (
					<Group mt="md">
						<SwitchNetwork />
					</Group>
				)}
			</Section>
			{isReady ? (typeof children === "function" ? children(wallet) : children) : null}
		</>
	);
};
