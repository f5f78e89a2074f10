/**
 * A trustless gateway over a block store (https://specs.ipfs.tech/http-gateways/trustless-gateway/): raw blocks only, read-only.
 * Other workers, auditors and browsers fetch from it; they check every block, so it needs no authentication. Strangers can reach it, so
 * everything that they could take much of is limited.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { BlockStore } from "./blockStore.ts";
import { cidOf, digestOf } from "./cid.ts";
import { addressGroup, createCounter, createRateLimit, DEFAULT_LIMITS, type GatewayLimits } from "./gatewayLimits.ts";

const RAW_BLOCK = "application/vnd.ipld.raw";
/** The empty identity CID: clients ask for it to find out whether this is a gateway ("dedicated probe paths"). */
const PROBE_CID = "bafkqaaa";

const COMMON_HEADERS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
	"Access-Control-Allow-Headers": "Accept, Cache-Control, If-None-Match",
	"Access-Control-Expose-Headers": "Content-Length, ETag, X-Ipfs-Path, X-Ipfs-Roots",
	"X-Content-Type-Options": "nosniff",
} as const;

const refuse = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
	const body = `${text}\n`;
	response
		.writeHead(status, {
			...COMMON_HEADERS,
			...headers,
			"Content-Type": "text/plain; charset=utf-8",
			"Content-Length": Buffer.byteLength(body),
			"Cache-Control": "no-store",
		})
		.end(body);
};

const wantsRawBlock = (url: URL, accept: string | undefined): boolean => {
	const format = url.searchParams.get("format");
	if (format !== null) return format === "raw";
	return (accept ?? "").split(",").some((type) => type.split(";")[0]?.trim().toLowerCase() === RAW_BLOCK);
};

const matchesEtag = (header: string | undefined, etag: string): boolean =>
	(header ?? "").split(",").some((value) => ["*", etag, `W/${etag}`].includes(value.trim()));

const readBlock = async (store: BlockStore, cid: string): Promise<Uint8Array> =>
	cid === PROBE_CID ? new Uint8Array() : store.get(digestOf(cid));

const refuseError = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
	const code = isDecentraHealthError(error) ? error.code : undefined;
	if (code === "CONFIG_INVALID") {
		refuse(response, 400, "Not a CIDv1 of a raw sha2-256 block.");
	} else if (code === "BLOCK_MISSING") {
		const onlyCached = /\bonly-if-cached\b/i.test(request.headers["cache-control"] ?? "");
		refuse(response, onlyCached ? 412 : 404, "This gateway does not have the block.");
	} else {
		// Paths of this machine are in the message: they stay here.
		refuse(response, 500, `The block cannot be read${code === undefined ? "" : ` (${code})`}.`);
	}
};

const answer = async (store: BlockStore, request: IncomingMessage, response: ServerResponse): Promise<void> => {
	if (request.method === "OPTIONS") {
		response.writeHead(204, { ...COMMON_HEADERS, "Access-Control-Max-Age": "86400" }).end();
		return;
	}
	if (request.method !== "GET" && request.method !== "HEAD") {
		refuse(response, 405, "Read-only: GET and HEAD.", { Allow: "GET, HEAD, OPTIONS" });
		return;
	}
	const url = URL.parse(request.url ?? "/", "http://gateway.invalid");
	const [, asked] = /^\/ipfs\/([^/]+)\/?$/.exec(url?.pathname ?? "") ?? [];
	if (url === null || asked === undefined) {
		refuse(response, url?.pathname.startsWith("/ipfs/") === true ? 400 : 404, "Only /ipfs/CID?format=raw is served.");
		return;
	}
	if (!wantsRawBlock(url, request.headers.accept)) {
		refuse(response, 400, `Only raw blocks are served: add ?format=raw or "Accept: ${RAW_BLOCK}".`);
		return;
	}
	try {
		const bytes = await readBlock(store, asked);
		const cid = asked === PROBE_CID ? asked : cidOf(digestOf(asked));
		const etag = `"${cid}.raw"`;
		const headers = {
			...COMMON_HEADERS,
			"Cache-Control": "public, max-age=29030400, immutable",
			ETag: etag,
			"X-Ipfs-Path": `/ipfs/${cid}`,
			"X-Ipfs-Roots": cid,
		};
		if (matchesEtag(request.headers["if-none-match"], etag)) {
			response.writeHead(304, headers).end();
			return;
		}
		response.writeHead(200, {
			...headers,
			"Content-Type": RAW_BLOCK,
			"Content-Length": bytes.length,
			"Content-Disposition": `attachment; filename="${cid}.bin"`,
		});
		response.end(request.method === "HEAD" ? undefined : bytes);
	} catch (error) {
		refuseError(request, response, error);
	}
};

/** A refusal without the cost of a block, after which the client is to wait. */
const refuseForNow = (response: ServerResponse, status: 429 | 503, text: string): void =>
	refuse(response, status, text, { "Retry-After": "1" });

const limitedAnswer = (store: BlockStore, { requestsPerSecond, answers, answerTime }: GatewayLimits) => {
	const mayAsk = createRateLimit(requestsPerSecond);
	let running = 0;
	return (request: IncomingMessage, response: ServerResponse): void => {
		// Whoever takes an answer slowly is cut off: it holds a block in memory.
		const timer = setTimeout(() => request.socket.destroy(), answerTime);
		response.once("close", () => clearTimeout(timer));
		if (!mayAsk(addressGroup(request.socket.remoteAddress))) {
			refuseForNow(response, 429, "Too many requests from this address.");
			return;
		}
		if (running >= answers) {
			refuseForNow(response, 503, "Too many answers are being sent.");
			return;
		}
		running++;
		response.once("close", () => running--);
		void answer(store, request, response);
	};
};

const limitConnections = (server: Server, { connections, connectionsPerAddress }: GatewayLimits): void => {
	server.maxConnections = connections;
	server.maxHeadersCount = 64;
	server.maxRequestsPerSocket = 1_000;
	const open = createCounter();
	server.on("connection", (socket) => {
		const group = addressGroup(socket.remoteAddress);
		socket.once("close", () => open.remove(group));
		if (open.add(group) > connectionsPerAddress) socket.destroy();
	});
};

export type Gateway = {
	/** Root to give to {@link gatewayStore}, such as http://127.0.0.1:8080. */
	readonly url: string;
	readonly close: () => Promise<void>;
};

export type GatewayServerOptions = {
	readonly store: BlockStore;
	/** Loopback unless other machines are to reach it. */
	readonly host?: string;
	/** 0 takes any free port. */
	readonly port?: number;
	/** In the place of {@link DEFAULT_LIMITS}. */
	readonly limits?: Partial<GatewayLimits> | undefined;
};

/** @throws DecentraHealthError CONFIG_INVALID when the address cannot be listened on */
export const startGateway = async ({
	store,
	host = "127.0.0.1",
	port = 0,
	limits: given = {},
}: GatewayServerOptions): Promise<Gateway> => {
	const limits = { ...DEFAULT_LIMITS, ...given };
	const { headerBytes, requestTime, idleTime } = limits;
	const server = createServer(
		{
			maxHeaderSize: headerBytes,
			headersTimeout: requestTime,
			requestTimeout: requestTime,
			keepAliveTimeout: idleTime,
			// How often the two times above are looked at.
			connectionsCheckingInterval: Math.min(1_000, requestTime),
		},
		limitedAnswer(store, limits),
	);
	limitConnections(server, limits);
	await new Promise<void>((resolve, reject) => {
		server.once("error", (cause: Error & { code?: string }) =>
			reject(
				new DecentraHealthError("CONFIG_INVALID", {
					message: `the gateway cannot listen on ${host}:${port} (${cause.code ?? cause.name})`,
					nextStep: "Choose another port or host, or stop the program that uses this one.",
					cause,
				}),
			),
		);
		server.listen(port, host, resolve);
	});
	const { address, family, port: bound } = server.address() as AddressInfo;
	return {
		url: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
		close: () =>
			new Promise((resolve, reject) => {
				server.close((error) => (error === undefined ? resolve() : reject(error)));
				server.closeAllConnections();
			}),
	};
};
