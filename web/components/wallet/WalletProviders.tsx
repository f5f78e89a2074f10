"use client";

import "@rainbow-me/rainbowkit/styles.css";
import { RainbowKitProvider } from "@rainbow-me/rainbowkit";
import { type ReactNode, useState } from "react";
import { WagmiProvider } from "wagmi";
import { useConfig } from "@/lib/config/context.tsx";
import { createQuestions } from "@/lib/wallet/developmentQuestions.ts";
import { createWalletConfig } from "@/lib/wallet/wagmi.ts";
import { DevelopmentWallet } from "./DevelopmentWallet.tsx";
import { useNamedImages } from "./useNamedImages.ts";
import { useNoTraces } from "./useNoTraces.ts";
import { useWalletTheme } from "./useWalletTheme.ts";

const NoTraces = () => {
	useNoTraces();
	return null;
};

const APP_INFO = { appName: "DecentraHealth", learnMoreUrl: "https://ethereum.org/wallets/" } as const;

/** All that a wallet needs, and only pages with a wallet load. TanStack Query's client is the page's own. */
const WalletProviders = ({ children }: { readonly children: ReactNode }) => {
	const config = useConfig();
	const [questions] = useState(createQuestions);
	const [wagmiConfig] = useState(() => createWalletConfig(config, questions));
	useWalletTheme();
	useNamedImages();
	return (
		<WagmiProvider config={wagmiConfig}>
			<RainbowKitProvider theme={null} locale="en-US" modalSize="compact" appInfo={APP_INFO}>
				{children}
				<NoTraces />
				<DevelopmentWallet questions={questions} />
			</RainbowKitProvider>
		</WagmiProvider>
	);
};

export default WalletProviders;
