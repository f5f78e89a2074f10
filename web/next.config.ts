import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

/** Wallet SDKs and payment schemes that wagmi's and WalletConnect's packages name, and that this dApp never loads (package.json leaves them out too). */
const NEVER_LOADED = [
	"@x402/core",
	"@x402/core/client",
	"@x402/evm",
	"@x402/evm/exact/client",
	"@x402/evm/upto/client",
	"@x402/svm/exact/client",
	"@reown/appkit",
	"@reown/appkit/core",
] as const;

const config: NextConfig = {
	// Tests and a second developer build beside each other.
	distDir: process.env.NEXT_DIST_DIR ?? ".next",
	poweredByHeader: false,
	// To see which package a byte comes from: NEXT_SOURCE_MAPS=1 with a NEXT_DIST_DIR of its own.
	productionBrowserSourceMaps: process.env.NEXT_SOURCE_MAPS === "1",
	reactStrictMode: true,
	devIndicators: false,
	// `npm run lint` checks the types of everything; a build would only do it again.
	typescript: { ignoreBuildErrors: true },
	turbopack: {
		root: fileURLToPath(new URL("..", import.meta.url)),
		resolveAlias: Object.fromEntries(NEVER_LOADED.map((name) => [name, "./empty.cjs"])),
	},
	experimental: {
		optimizePackageImports: ["@mantine/core", "@mantine/hooks", "lucide-react"],
	},
	headers: async () => [
		{
			// A worker has the policy of its own script's answer, not its page's: those of the audit and of the evaluation reach gateways and nodes.
			source: "/_next/static/:path*",
			headers: [
				{
					key: "Content-Security-Policy",
					value: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http: https:",
				},
			],
		},
		{
			source: "/:path*",
			headers: [
				{ key: "X-Content-Type-Options", value: "nosniff" },
				{ key: "X-Frame-Options", value: "DENY" },
				{ key: "Referrer-Policy", value: "no-referrer" },
				{ key: "Cross-Origin-Opener-Policy", value: "same-origin" },
				{ key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
			],
		},
	],
};

export default config;
