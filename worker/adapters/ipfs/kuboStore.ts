/** Blocks in a Kubo node (or any server of its RPC API) through kubo-rpc-client. */
import { create } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import { DecentraHealthError } from "../../protocol/errors.ts";
import {
	type BlockStore,
	blockMissing,
	checkBlock,
	type IoOptions,
	requireBlockSize,
	sha256Digest,
	throwIfAborted,
	unreachable,
} from "./blockStore.ts";
import { cidOf, type Digest } from "./cid.ts";
import { splitCredentials } from "./credentials.ts";

export type KuboOptions = {
	/** Milliseconds for a request. A node looks for a missing block without end, so a read that takes longer counts as missing. */
	readonly timeout?: number;
};

/** An offline node's answer: Kubo's "could not find" or js-ipfs' file system error, both with status 500. */
const saysMissing = (error: unknown): boolean =>
	error instanceof Error &&
	"response" in error &&
	error.response instanceof Response &&
	error.response.status === 500 &&
	/not found|could not find|no such file/i.test(error.message);

/** @param url the RPC root, such as http://127.0.0.1:5001; its path defaults to /api/v0 */
export const kuboStore = (url: URL, { timeout = 60_000 }: KuboOptions = {}): BlockStore => {
	const { base, headers } = splitCredentials(url);
	const description = `Kubo node ${base.href}`;
	const client = create({ url: base, headers });
	const nextStep = "Check that the node runs and that its RPC API listens at this address (ipfs config Addresses.API).";

	const call = async <T>(
		{ signal }: IoOptions,
		onMissing: () => DecentraHealthError,
		run: (signal: AbortSignal) => Promise<T>,
	): Promise<T> => {
		throwIfAborted(signal, description);
		// The client's own timeout option has no effect in 7.1.0, so the deadline is ours.
		const deadline = AbortSignal.timeout(timeout);
		try {
			return await run(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
		} catch (error) {
			throwIfAborted(signal, description);
			if (error instanceof DecentraHealthError) throw error;
			if (deadline.aborted) throw onMissing();
			if (saysMissing(error)) throw onMissing();
			throw unreachable(description, "cannot be reached or refused the request", nextStep, error);
		}
	};

	const silent = () => unreachable(description, `did not answer within ${timeout} ms`, nextStep);

	const put: BlockStore["put"] = async (bytes, options = {}) => {
		requireBlockSize(bytes);
		const digest = sha256Digest(bytes);
		const cid = await call(options, silent, (signal) =>
			client.block.put(bytes, { format: "raw", mhtype: "sha2-256", version: 1, pin: true, signal }),
		);
		if (cid.toString() !== cidOf(digest)) {
			throw new DecentraHealthError("BLOCK_MISMATCH", {
				message: `${description} stored block ${cidOf(digest)} as ${cid.toString()}`,
				nextStep: "This server does not store raw sha2-256 blocks; use Kubo 0.14 or newer.",
			});
		}
		return digest;
	};

	const get: BlockStore["get"] = async (digest, options = {}) => {
		const bytes = await call(
			options,
			() => blockMissing(digest, description),
			(signal) => client.block.get(CID.parse(cidOf(digest)), { signal }),
		);
		return checkBlock(bytes, digest, description);
	};

	/** Asks the node's own repository only: `offline`, or it would search the network. */
	const has = async (digest: Digest, options: IoOptions = {}): Promise<boolean> =>
		call(
			options,
			() => blockMissing(digest, description),
			async (signal) => {
				const options = { signal, offline: true };
				await client.block.stat(CID.parse(cidOf(digest)), options);
				return true;
			},
		).catch((error: unknown) => {
			if (error instanceof DecentraHealthError && error.code === "BLOCK_MISSING") return false;
			throw error;
		});

	return { description, put, get, has };
};
