/** The Content Security Policy of a page: scripts of this origin with a nonce alone, connections to the configured places alone. */
import type { DappConfig } from "../config/schema.ts";

export type PolicyOptions = {
	readonly nonce: string;
	/** Undefined while there is no valid configuration: then nothing but this origin is reached. */
	readonly config: Pick<DappConfig, "chain" | "gateways" | "walletConnectProjectId"> | undefined;
	readonly path: string;
	/** Next.js' development server evaluates code and reloads by WebSocket. */
	readonly development: boolean;
};

/** The user's own worker, on whatever port of this machine it listens. */
const LOOPBACK = ["http://127.0.0.1:*", "http://localhost:*"] as const;
const WALLET_CONNECT = [
	"https://*.walletconnect.com",
	"wss://*.walletconnect.com",
	"https://*.walletconnect.org",
	"wss://*.walletconnect.org",
] as const;

const originOf = (url: string): string => new URL(url).origin;
/** `new URL("ws://..").origin` is "null" in some engines. */
const socketOrigin = (url: string): string => `${new URL(url).protocol}//${new URL(url).host}`;

const connections = ({ config, path }: Pick<PolicyOptions, "config" | "path">): readonly string[] => {
	const socket = config?.chain.webSocketUrl;
	const sockets = socket === undefined ? [] : [socketOrigin(socket)];
	// Whoever audits a deployment of others names its node and gateway: the page that does so is loaded anew, with this policy of its own.
	if (path === "/audit") return ["http:", "https:", ...sockets];
	if (config === undefined) return [];
	const { chain, gateways, walletConnectProjectId } = config;
	return [
		originOf(chain.rpcUrl),
		...sockets,
		...gateways.map(originOf),
		...LOOPBACK,
		...(walletConnectProjectId === undefined ? [] : WALLET_CONNECT),
	];
};

export const contentSecurityPolicy = (options: PolicyOptions): string => {
	const { nonce, development } = options;
	const directives: Readonly<Record<string, readonly string[]>> = {
		"default-src": ["'none'"],
		// snarkjs and TensorFlow.js compile WebAssembly of their own packages.
		"script-src": [
			"'self'",
			`'nonce-${nonce}'`,
			"'strict-dynamic'",
			"'wasm-unsafe-eval'",
			...(development ? ["'unsafe-eval'"] : []),
		],
		"style-src": development ? ["'self'", "'unsafe-inline'"] : ["'self'", `'nonce-${nonce}'`],
		// Mantine places and sizes by style attributes, which can load nothing and run nothing.
		"style-src-attr": ["'unsafe-inline'"],
		"img-src": ["'self'", "data:", "blob:"],
		"font-src": ["'self'"],
		"connect-src": [...new Set(["'self'", ...connections(options), ...(development ? ["ws:"] : [])])],
		"worker-src": ["'self'"],
		"manifest-src": ["'self'"],
		"object-src": ["'none'"],
		"base-uri": ["'none'"],
		"form-action": ["'self'"],
		"frame-ancestors": ["'none'"],
	};
	return Object.entries(directives)
		.map(([name, values]) => `${name} ${values.join(" ")}`)
		.join("; ");
};
