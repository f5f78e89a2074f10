/**
 * A trustless gateway over a block store (https://specs.ipfs.tech/http-gateways/trustless-gateway/): raw blocks only, read-only.
 * Other workers, auditors and browsers fetch from it; they check every block, so it needs no authentication.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DecentraHealthError, isDecentraHealthError } from "../../protocol/errors.ts";
import type { BlockStore } from "./blockStore.ts";
import { cidOf, digestOf } from "./cid.ts";

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
};

/** @throws DecentraHealthError CONFIG_INVALID when the address cannot be listened on */
export const startGateway = async ({ store, host = "127.0.0.1", port = 0 }: GatewayServerOptions): Promise<Gateway> => {
	const server = createServer((request, response) => {
		void answer(store, request, response);
	});
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
