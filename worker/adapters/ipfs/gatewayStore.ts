/**
 * Reads blocks from a trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/): nothing it says is believed,
 * every block is checked against its digest and the answer's size is bounded while it arrives.
 */
import { concatBytes } from "@noble/hashes/utils.js";
import { DecentraHealthError } from "../../protocol/errors.ts";
import {
	type BlockStore,
	blockMissing,
	blockTooLarge,
	checkBlock,
	type IoOptions,
	MAX_BLOCK_BYTES,
	throwIfAborted,
	unreachable,
} from "./blockStore.ts";
import { cidOf, type Digest } from "./cid.ts";
import { splitCredentials } from "./credentials.ts";

const RAW_BLOCK = "application/vnd.ipld.raw";
const MAX_REDIRECTS = 3;

const readBounded = async (response: Response): Promise<Uint8Array | "too large"> => {
	const chunks: Uint8Array[] = [];
	let length = 0;
	const reader = response.body?.getReader();
	for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
		length += next.value.length;
		if (length > MAX_BLOCK_BYTES) {
			await reader?.cancel();
			return "too large";
		}
		chunks.push(next.value);
	}
	return concatBytes(...chunks);
};

export type GatewayOptions = {
	/** Milliseconds for the whole answer. */
	readonly timeout?: number;
};

/** @param url the gateway's root; `/ipfs/CID?format=raw` is appended. A read-only store. */
export const gatewayStore = (url: URL, { timeout = 30_000 }: GatewayOptions = {}): BlockStore => {
	const { base, headers } = splitCredentials(url);
	const description = `gateway ${base.href}`;
	const nextStep = "Check the gateway's address and that it runs, or use another gateway.";

	const request = async (method: "GET" | "HEAD", digest: Digest, signal: AbortSignal): Promise<Response> => {
		const root = base.href.endsWith("/") ? base.href : `${base.href}/`;
		let target = new URL(`ipfs/${cidOf(digest)}?format=raw`, root);
		for (let redirects = 0; ; redirects++) {
			const response = await fetch(target, {
				method,
				headers: { ...headers, Accept: RAW_BLOCK },
				redirect: "manual",
				signal,
			});
			const location = response.headers.get("location");
			if (response.status < 300 || response.status >= 400 || location === null) return response;
			await response.body?.cancel();
			target = new URL(location, target);
			// Elsewhere our credentials would leak, and inside a hospital's network a redirect could reach other services.
			if (target.origin !== base.origin) {
				throw unreachable(
					description,
					`redirects to ${target.origin}`,
					"Configure that gateway itself if you trust it.",
				);
			}
			if (redirects === MAX_REDIRECTS) throw unreachable(description, "redirects in circles", nextStep);
		}
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
			// 404 and 410: not here; 412: answer to only-if-cached; 504: a recursive gateway found no provider.
			if ([404, 410, 412, 504].includes(response.status)) throw blockMissing(digest, description);
			throw unreachable(description, `answered HTTP ${response.status}`, nextStep);
		} catch (error) {
			throwIfAborted(signal, description);
			if (error instanceof DecentraHealthError) throw error;
			if (deadline.aborted) throw unreachable(description, `did not answer within ${timeout} ms`, nextStep);
			throw unreachable(description, "cannot be reached", nextStep, error);
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
				const bytes = await readBounded(response);
				if (bytes === "too large") throw blockTooLarge(digest, description);
				return checkBlock(bytes, digest, description);
			}),
		has: (digest, options = {}) =>
			ask("HEAD", digest, options, async () => true).catch((error: unknown) => {
				if (error instanceof DecentraHealthError && error.code === "BLOCK_MISSING") return false;
				throw error;
			}),
	};
};
