import "@mantine/core/styles.css";
import "./globals.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Frame } from "@/components/frame/Frame.tsx";
import { ErrorState } from "@/components/states/ErrorState.tsx";
import { readConfig } from "@/lib/config/read.ts";
import { Providers } from "@/lib/providers.tsx";
import { isDecentraHealthError } from "../../worker/protocol/errors.ts";

export const metadata: Metadata = {
	title: { default: "DecentraHealth", template: "%s – DecentraHealth" },
	description: "Hospitals train one network together: proven training, encrypted updates, and an audit anyone can run.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

const load = async () => {
	try {
		return { config: await readConfig() };
	} catch (error) {
		if (!isDecentraHealthError(error)) throw error;
		const { code, message, nextStep } = error;
		return { problem: { code, message, nextStep } };
	}
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
	// A nonce is of one request: no page is made beforehand.
	await connection();
	const nonce = (await headers()).get("x-nonce") ?? "";
	const { config, problem } = await load();
	return (
		<html lang="en" {...mantineHtmlProps}>
			<head>
				<ColorSchemeScript nonce={nonce} defaultColorScheme="auto" suppressHydrationWarning />
			</head>
			<body>
				<Providers nonce={nonce} config={config}>
					<Frame named={config !== undefined}>
						{problem === undefined ? children : <ErrorState error={problem} />}
					</Frame>
				</Providers>
			</body>
		</html>
	);
}
