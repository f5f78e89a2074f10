"use client";

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";
import { LedgerProvider } from "./chain/ledger.tsx";
import { ConfigProvider } from "./config/context.tsx";
import type { DappConfig } from "./config/schema.ts";
import { cssVariables, theme } from "./theme.ts";

type ProvidersProps = { readonly nonce: string; readonly config: DappConfig | undefined; readonly children: ReactNode };

/** Coded errors say themselves what to do; asking three times more only makes people wait for them. */
const createClient = (): QueryClient =>
	new QueryClient({
		defaultOptions: {
			queries: {
				retry: (failures, error) => failures < 2 && !isDecentraHealthError(error),
				refetchOnWindowFocus: false,
				staleTime: Number.POSITIVE_INFINITY,
			},
		},
	});

export const Providers = ({ nonce, config, children }: ProvidersProps) => {
	const [client] = useState(createClient);
	const [given] = useState(nonce);
	return (
		<MantineProvider
			theme={theme}
			cssVariablesResolver={cssVariables}
			defaultColorScheme="auto"
			getStyleNonce={() => given}
		>
			<QueryClientProvider client={client}>
				{config === undefined ? (
					children
				) : (
					<ConfigProvider config={config}>
						<LedgerProvider>{children}</LedgerProvider>
					</ConfigProvider>
				)}
			</QueryClientProvider>
		</MantineProvider>
	);
};
