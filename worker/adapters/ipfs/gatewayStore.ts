/**
 * Reads blocks from a trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/): nothing it says is believed,
 * every block is checked against its digest and the answer's size is bounded while it arrives.
 */
import { DecentraHealthError } from "../../protocol/errors.ts";
import {
	type BlockStore,
	blockMissing,
	blockTooLarge,
	checkBlock,
	type IoOptions,
	MAX_BLOCK_BYTES,
	refused,
	searchTimeout,
	throwIfAborted,
	unreachable,
} from "./blockStore.ts";
import { cidOf, type Digest } from "./cid.ts";
import { splitCredentials } from "./credentials.ts";
import { AnswerStatus, mediaType, networkCode, readBounded } from "./httpAnswer.ts";

const RAW_BLOCK = "application/vnd.ipld.raw";
/** What a server may call a block. Anything else that it says is no answer about a block: a login page, an error in JSON. */
const BLOCK_TYPES: readonly string[] = [RAW_BLOCK, "application/octet-stream", ""];
const WEB_PAGE = "text/html";
const MAX_REDIRECTS = 3;
const CHECK_ADDRESS = "Check the gateway's address and that it runs, or use another gateway.";

export type GatewayOptions = {
	/** Milliseconds for the whole answer. */
	readonly timeout?: number;
	readonly fetch?: typeof globalThis.fetch;
};

/** @param url the gateway's root, with a token in its query if it needs one; `/ipfs/CID?format=raw` is appended. A read-only store. */
export const gatewayStore = (
	url: URL,
	{ timeout = 30_000, fetch = (...request) => globalThis.fetch(...request) }: GatewayOptions = {},
): BlockStore => {
	const { base, headers, withQuery, shown, repeats } = splitCredentials(url);
	const description = `gateway ${shown}`;

	/** The next address after a redirect. Elsewhere our credentials would leak, and inside a hospital's network a redirect could reach other services. */
	const follow = (location: string, from: URL, cid: string): URL => {
		const target = URL.parse(location, from);
		const subdomain = `${cid}.ipfs.${base.hostname}`;
		const isGateways =
			target?.protocol === base.protocol &&
			target.port === base.port &&
			// A subdomain gateway: whoever runs HOST names CID.ipfs.HOST too, so it gets the same credentials.
			(target.hostname === base.hostname || target.hostname === subdomain);
		if (target !== null && isGateways) return withQuery(target);
		const where = target === null || repeats(target.origin) ? "to another place" : `to ${target.origin.slice(0, 100)}`;
		throw refused(
			description,
			`redirects ${where}`,
			"Configure that address itself if it is a gateway that you trust.",
		);
	};

	const request = async (method: "GET" | "HEAD", digest: Digest, signal: AbortSignal): Promise<Response> => {
		const cid = cidOf(digest);
		const root = base.href.endsWith("/") ? base.href : `${base.href}/`;
		let target = withQuery(new URL(`ipfs/${cid}?format=raw`, root));
		for (let redirects = 0; ; redirects++) {
			const response = await fetch(target, {
				method,
				headers: { ...headers, Accept: RAW_BLOCK },
				redirect: "manual",
				signal,
			});
			if (response.type === "opaqueredirect") {
				const nextStep = "A page can't follow it: name a path gateway, one that answers at /ipfs/CID itself.";
				throw refused(description, "redirects elsewhere", nextStep);
			}
			const location = response.headers.get("location");
			if (response.status < 300 || response.status >= 400 || location === null) return response;
			await response.body?.cancel();
			if (redirects === MAX_REDIRECTS) throw refused(description, "redirects in circles", CHECK_ADDRESS);
			target = follow(location, target, cid);
		}
	};

	const problemOf = (response: Response, digest: Digest): DecentraHealthError => {
		const { status } = response;
		const cause = new AnswerStatus(response);
		// A gateway's own 404 is plain text; a web server's page says nothing about a block.
		const isWebPage = mediaType(response) === WEB_PAGE;
		// 404 and 410: not here; 412: answer to only-if-cached.
		if ([404, 410, 412].includes(status) && !isWebPage) return blockMissing(digest, description);
		// A recursive gateway found no provider in its time, or a proxy got no answer from the gateway behind it.
		if (status === 504) return searchTimeout(digest, description, "did not come up with (HTTP 504)", cause);
		if (status === 429) {
			const nextStep = "Wait, or use another gateway or one of your own.";
			return unreachable(description, "asks for fewer requests (HTTP 429)", nextStep, cause);
		}
		if ([401, 403, 407, 511].includes(status)) {
			const nextStep =
				"Put its user and password, or its token (?NAME=VALUE), into the configured address, or use another gateway.";
			return refused(description, `wants other credentials (HTTP ${status})`, nextStep, cause);
		}
		if ([408, 425].includes(status) || status >= 500) {
			return unreachable(description, `answered HTTP ${status}`, CHECK_ADDRESS, cause);
		}
		const what = isWebPage ? `a web page with HTTP ${status}` : `HTTP ${status}`;
		return refused(description, `answered ${what}`, CHECK_ADDRESS, cause);
	};

	const noBlock = (response: Response): DecentraHealthError | undefined => {
		const type = mediaType(response);
		if (BLOCK_TYPES.includes(type)) return undefined;
		const what = type === WEB_PAGE ? "a web page, such as for logging in," : "something else than a block";
		return refused(description, `answered with ${what} (HTTP 200)`, CHECK_ADDRESS, new AnswerStatus(response));
	};

	const ask = async <T>(
		method: "GET" | "HEAD",
		digest: Digest,
		{ signal }: IoOptions,
		read: (response: Response) => Promise<T>,
	): Promise<T> => {
		throwIfAborted(signal, description);
		const deadline = AbortSignal.timeout(timeout);
		try {
			const both = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
			const response = await request(method, digest, both);
			if (response.status === 200) return await read(response);
			await response.body?.cancel();
			throw problemOf(response, digest);
		} catch (error) {
			throwIfAborted(signal, description);
			if (error instanceof DecentraHealthError) throw error;
			if (deadline.aborted) throw unreachable(description, `did not answer within ${timeout} ms`, CHECK_ADDRESS);
			const code = networkCode(error);
			const cause = new Error(code ?? "the connection failed");
			throw unreachable(
				description,
				`cannot be reached${code === undefined ? "" : ` (${code})`}`,
				CHECK_ADDRESS,
				cause,
			);
		}
	};

	return {
		description,
		put: async () => {
			throw new DecentraHealthError("CONFIG_INVALID", {
				message: `${description} is read-only`,
				nextStep: "To publish, use a block folder or a Kubo RPC address (kubo+http://HOST:5001).",
			});
		},
		get: (digest, options = {}) =>
			ask("GET", digest, options, async (response) => {
				const foreign = noBlock(response);
				const bytes = await readBounded(response, MAX_BLOCK_BYTES);
				if (bytes === "too large") throw foreign ?? blockTooLarge(digest, description);
				try {
					return checkBlock(bytes, digest, description);
				} catch (error) {
					// The right bytes are the right bytes under whatever name.
					throw foreign ?? error;
				}
			}),
		has: (digest, options = {}) =>
			ask("HEAD", digest, options, async (response) => {
				const foreign = noBlock(response);
				if (foreign !== undefined) throw foreign;
				return true;
			}).catch((error: unknown) => {
				if (error instanceof DecentraHealthError && error.code === "BLOCK_MISSING") return false;
				throw error;
			}),
	};
};
