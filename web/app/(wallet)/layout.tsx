"use client";

import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { LoadingState } from "@/components/states/LoadingState.tsx";

/** Wallets are a matter of the browser alone, and of these pages alone. */
const WalletProviders = dynamic(() => import("@/components/wallet/WalletProviders.tsx"), {
	ssr: false,
	loading: () => <LoadingState what="the wallets of this browser" />,
});

export default function WalletLayout({ children }: { readonly children: ReactNode }) {
	return <WalletProviders>{children}</WalletProviders>;
}
