/** Which deployment the dApp shows, and where it reads it from. All of it is public: the server hands it to every browser. */
import { type Address, getAddress, isAddress } from "viem";
import { z } from "zod";

const httpUrl = z
	.string()
	.refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "no http:// or https:// URL");
const webSocketUrl = z
	.string()
	.refine((text) => /^wss?:\/\//.test(text) && URL.canParse(text), "no ws:// or wss:// URL");

const address = z
	.string()
	.refine((text) => isAddress(text), "no Ethereum address")
	.transform((text): Address => getAddress(text));

const digest = z
	.string()
	.regex(/^0x[0-9a-f]{64}$/, "no digest (0x and 64 lower-case hexadecimal digits)")
	.transform((text) => text as `0x${string}`);

export const dappConfigSchema = z.strictObject({
	version: z.literal(1),
	chain: z.strictObject({
		id: z.int().min(1),
		name: z.string().min(1).max(64),
		rpcUrl: httpUrl,
		/** The same node's WebSocket: events then come by themselves, without filters that are asked again and again. */
		webSocketUrl: webSocketUrl.optional(),
		/** Such as https://sepolia.etherscan.io. */
		explorerUrl: httpUrl.optional(),
	}),
	roundManager: address,
	/** Block of the deployment; searched for without it. */
	fromBlock: z.int().min(0).optional(),
	/** Trustless gateways, asked in this order; every block is checked against its digest. */
	gateways: z.array(httpUrl).min(1).max(8),
	/** Without one, WalletConnect is not offered. */
	walletConnectProjectId: z.string().min(1).max(64).optional(),
	/** Names for people, by address. */
	participants: z
		.record(z.string(), z.string().min(1).max(64))
		.default({})
		.transform(
			(names): Readonly<Record<Address, string>> =>
				Object.fromEntries(
					Object.entries(names).flatMap(([key, name]) => (isAddress(key) ? [[getAddress(key), name]] : [])),
				),
		),
	/** Public held-out rows as a normalized store, one IPFS block: what the browser evaluates models on. */
	heldOut: z.strictObject({ digest, description: z.string().min(1).max(200) }).optional(),
	/** Local workers that a page suggests for pairing. */
	workers: z
		.array(
			z.strictObject({
				role: z.enum(["hospital", "committee", "coordinator"]),
				name: z.string().min(1).max(64),
				url: httpUrl,
				address,
			}),
		)
		.max(64)
		.default([]),
});

export type DappConfig = z.infer<typeof dappConfigSchema>;
