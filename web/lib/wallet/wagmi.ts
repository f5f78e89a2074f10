"use client";

/** Wallets that can be connected: those in the browser always, WalletConnect with a project id, and on development chains the node's accounts. */
import { connectorsForWallets, type Wallet } from "@rainbow-me/rainbowkit";
import { injectedWallet, walletConnectWallet } from "@rainbow-me/rainbowkit/wallets";
import { createClient, type EIP1193Provider, http } from "viem";
import { type Config, createConfig, createConnector, createStorage, injected } from "wagmi";
import { isDevelopmentChain } from "../../../worker/protocol/developmentChain.ts";
import { viemChain } from "../chain/client.ts";
import type { DappConfig } from "../config/schema.ts";
import { createDevelopmentProvider } from "./developmentProvider.ts";
import type { Questions } from "./developmentQuestions.ts";

const APP_NAME = "DecentraHealth";
/** A wrench, so that nobody takes it for a real wallet. */
const ICON =
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='28' height='28' viewBox='0 0 28 28'%3E%3Crect width='28' height='28' rx='6' fill='%237a4a00'/%3E%3Cpath d='M18.5 6.5a4.5 4.5 0 0 0-5.6 5.9l-6 6a2.2 2.2 0 1 0 3.1 3.1l6-6a4.5 4.5 0 0 0 5.7-5.9l-2.6 2.7-2.6-.6-.6-2.6z' fill='%23fff'/%3E%3C/svg%3E";

const developmentWallet =
	({ id, rpcUrl }: DappConfig["chain"], { choose, confirm }: Questions) =>
	(): Wallet => {
		const client = createClient({ transport: http(rpcUrl, { retryCount: 0 }) });
		type Rpc = (request: { method: string; params: unknown }) => Promise<unknown>;
		const provider = createDevelopmentProvider({
			rpc: (method, params) => (client.request as unknown as Rpc)({ method, params }),
			choose,
			confirm,
			storage: window.sessionStorage,
		});
		const name = "Development account (this chain only)";
		const target = { id: "developmentAccount", name, provider: provider as unknown as EIP1193Provider };
		return {
			id: target.id,
			name,
			iconUrl: ICON,
			iconBackground: "#7a4a00",
			installed: true,
			createConnector: (details) =>
				createConnector((config) => ({
					...injected({ target: target as never })(config),
					...details,
					id: `${target.id}-${id}`,
				})),
		};
	};

export const createWalletConfig = ({ chain, walletConnectProjectId }: DappConfig, questions: Questions): Config => {
	const connectors = connectorsForWallets(
		[
			{
				groupName: "Wallets",
				wallets: [injectedWallet, ...(walletConnectProjectId === undefined ? [] : [walletConnectWallet])],
			},
			...(isDevelopmentChain(chain.id)
				? [{ groupName: "Development", wallets: [developmentWallet(chain, questions)] }]
				: []),
		],
		// Used by WalletConnect alone.
		{ appName: APP_NAME, projectId: walletConnectProjectId ?? "none" },
	);
	const ofChain = viemChain(chain);
	return createConfig({
		chains: [ofChain],
		connectors,
		client: () => createClient({ chain: ofChain, transport: http(chain.rpcUrl, { timeout: 30_000 }) }),
		// Which wallet is connected, for this tab alone.
		storage: createStorage({ storage: window.sessionStorage, key: "decentrahealth/wallet" }),
		multiInjectedProviderDiscovery: true,
		// Reconnects once, in an effect; otherwise each time the provider renders.
		ssr: true,
	});
};
