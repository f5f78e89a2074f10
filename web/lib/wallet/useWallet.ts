"use client";

import { useCallback } from "react";
import type { Address, EIP1193Provider } from "viem";
import { useAccount } from "wagmi";
import type { WalletPort } from "./ports.ts";
import { createWalletPort } from "./walletPort.ts";

export type ConnectedWallet = {
	readonly address: Address;
	/** That the wallet is on now. */
	readonly chainId: number | undefined;
	readonly name: string;
};

/** The wallet that the user connected; undefined without one. */
export const useWallet = (): {
	readonly wallet: ConnectedWallet | undefined;
	readonly connecting: boolean;
	readonly open: () => Promise<WalletPort | undefined>;
} => {
	const { address, connector, chainId, status } = useAccount();
	const open = useCallback(async (): Promise<WalletPort | undefined> => {
		if (address === undefined || connector === undefined) return undefined;
		// wagmi does not know what a connector's provider is; all of them are EIP-1193's.
		const provider = (await connector.getProvider()) as Pick<EIP1193Provider, "request"> | undefined;
		return provider === undefined ? undefined : createWalletPort(provider, address);
	}, [address, connector]);
	const wallet =
		status === "connected" && address !== undefined
			? { address, chainId, name: connector?.name ?? "Wallet" }
			: undefined;
	return { wallet, connecting: status === "connecting" || status === "reconnecting", open };
};
