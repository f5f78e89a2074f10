/** Blocks in a Kubo node (or any server of its RPC API, https://docs.ipfs.tech/reference/kubo/rpc/). Every answer is read within a bound. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import {
	type BlockStore,
	blockMissing,
	blockTooLarge,
	checkBlock,
	type IoOptions,
	MAX_BLOCK_BYTES,
	requireBlockSize,
	searchTimeout,
	sha256Digest,
	throwIfAborted,
	unreachable,
} from "./blockStore.ts";
import { cidOf, type Digest, digestOf } from "./cid.ts";
import { splitCredentials } from "./credentials.ts";
import { mediaType, networkCode, readBounded } from "./httpAnswer.ts";
import { isMissing, isOutOfTime, noAnswer, problemOf } from "./kuboProblems.ts";

export type KuboOptions = {
	/** Milliseconds for a request. */
	readonly timeout?: number;
	/** Reads from the node's own blocks only. Otherwise it looks for those that it lacks in its network, for anyone who asks. */
	readonly offline?: boolean;
};

/** Of an answer that is no block: a short JSON object. */
const MAX_ANSWER_BYTES = 2 ** 14;
/** No API calls a block so: a page for logging in, or an error. */
const OTHER_TYPES: readonly string[] = ["text/html", "application/json"];
/** Not to be guessed, so that no block can hold it. */
const BOUNDARY = `block-${crypto.randomUUID()}`;

/** @param url the RPC root, such as http://127.0.0.1:5001; its path defaults to /api/v0 */
export const kuboStore = (url: URL, { timeout = 60_000, offline = false }: KuboOptions = {}): BlockStore => {
	const { base, headers, withQuery, shown } = splitCredentials(url);
	const description = `Kubo node ${shown}`;
	const root = base.pathname === "/" ? `${base.origin}/api/v0` : base.href.replace(/\/$/, "");

	const call = async <T>(
		{ signal }: IoOptions,
		{ path, parameters, body, onDeadline }: Call,
		read: (response: Response) => Promise<T>,
	): Promise<T> => {
		throwIfAborted(signal, description);
		const deadline = AbortSignal.timeout(timeout);
		const target = withQuery(new URL(`${root}/${path}?${new URLSearchParams(parameters)}`));
		try {
			const response = await fetch(target, {
				method: "POST",
				headers:
					body === undefined ? headers : { ...headers, "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
				redirect: "manual",
				signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
				// As a stream: some servers refuse a block of the largest size by the length of its envelope.
				...(body !== undefined && { body: envelope(body).stream(), duplex: "half" as const }),
			});
			if (response.status === 200) return await read(response);
			const said = await readBounded(response, MAX_ANSWER_BYTES);
			throw problemOf(response, said, description);
		} catch (error) {
			throwIfAborted(signal, description);
			if (error instanceof DecentraHealthError) throw error;
			if (deadline.aborted) throw onDeadline();
			const code = networkCode(error);
			const nextStep =
				"Check that the node runs and that its RPC API listens at this address (ipfs config Addresses.API).";
			const problem = `cannot be reached${code === undefined ? "" : ` (${code})`}`;
			throw unreachable(description, problem, nextStep, new Error(code ?? "the connection failed"));
		}
	};

	const silent = () =>
		unreachable(description, `did not answer within ${timeout} ms`, "Check that the node runs and is not overloaded.");

	const put: BlockStore["put"] = async (bytes, options = {}) => {
		requireBlockSize(bytes);
		const digest = sha256Digest(bytes);
		// Older servers of this API know "format" and "version" alone.
		const parameters = { format: "raw", mhtype: "sha2-256", version: "1", pin: "true" };
		const stored = await call(
			options,
			{ path: "block/put", parameters, body: bytes, onDeadline: silent },
			async (response) => keyOf(await readBounded(response, MAX_ANSWER_BYTES)),
		);
		if (stored === undefined) throw noAnswer(description);
		if (stored !== digest) {
			throw new DecentraHealthError("BLOCK_MISMATCH", {
				message: `${description} stored block ${cidOf(digest)} under another CID`,
				nextStep: "This server does not store raw sha2-256 blocks; use Kubo 0.14 or newer.",
			});
		}
		return digest;
	};

	const read = (digest: Digest, options: IoOptions, where: "its own blocks" | "its network") => {
		const isOffline = where === "its own blocks";
		const lookedFor = () => searchTimeout(digest, description, `did not find within ${timeout} ms in its network`);
		return call(
			options,
			{
				path: "block/get",
				parameters: { arg: cidOf(digest), ...(isOffline && { offline: "true" }) },
				onDeadline: isOffline ? silent : lookedFor,
			},
			async (response) => {
				const isOther = OTHER_TYPES.includes(mediaType(response));
				const bytes = await readBounded(response, MAX_BLOCK_BYTES);
				if (isOther && (bytes === "too large" || sha256Digest(bytes) !== digest)) throw noAnswer(description);
				if (bytes === "too large") throw blockTooLarge(digest, description);
				return checkBlock(bytes, digest, description);
			},
		).catch((error: unknown) => {
			if (isOutOfTime(error)) throw lookedFor();
			throw isMissing(error) ? blockMissing(digest, description) : error;
		});
	};

	const get: BlockStore["get"] = async (digest, options = {}) => {
		try {
			return await read(digest, options, "its own blocks");
		} catch (error) {
			if (offline || !(error instanceof DecentraHealthError) || error.code !== "BLOCK_MISSING") throw error;
			return read(digest, options, "its network");
		}
	};

	/** Asks the node's own repository only, or it would search the network. */
	const has: BlockStore["has"] = async (digest, options = {}) => {
		const parameters = { arg: cidOf(digest), offline: "true" };
		try {
			const found = await call(options, { path: "block/stat", parameters, onDeadline: silent }, async (response) =>
				keyOf(await readBounded(response, MAX_ANSWER_BYTES)),
			);
			if (found === undefined) throw noAnswer(description);
			return found === digest;
		} catch (error) {
			if (isMissing(error)) return false;
			throw error;
		}
	};

	return { description, put, get, has };
};

type Call = {
	readonly path: "block/put" | "block/get" | "block/stat";
	readonly parameters: Readonly<Record<string, string>>;
	readonly body?: Uint8Array;
	readonly onDeadline: () => DecentraHealthError;
};

const envelope = (bytes: Uint8Array): Blob =>
	new Blob([
		`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="block"\r\n`,
		"Content-Type: application/octet-stream\r\n\r\n",
		new Uint8Array(bytes),
		`\r\n--${BOUNDARY}--\r\n`,
	]);

/** The digest in an answer's "Key"; undefined for anything else. */
const keyOf = (answer: Uint8Array | "too large"): Digest | undefined => {
	if (answer === "too large") return undefined;
	try {
		const parsed: unknown = JSON.parse(new TextDecoder().decode(answer));
		if (typeof parsed !== "object" || parsed === null || !("Key" in parsed)) return undefined;
		return typeof parsed.Key === "string" ? digestOf(parsed.Key) : undefined;
	} catch {
		return undefined;
	}
};
