/** The narrow port through which everything reads and writes IPFS: one object is one raw block, addressed by its SHA-256. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { sha256Digest } from "../../protocol/sha256Digest.ts";
import { cidOf, type Digest } from "./cid.ts";

/** Largest block IPFS peers exchange by default, and far above any object of a study (a bundle is about 27 kB). */
export const MAX_BLOCK_BYTES = 2 ** 20;

export type IoOptions = { readonly signal?: AbortSignal | undefined };

export type BlockStore = {
	/** Where the blocks are, for messages; without credentials. */
	readonly description: string;
	/**
	 * Stores a block. Storing it again is no error.
	 * @throws DecentraHealthError BLOCK_TOO_LARGE, IPFS_UNREACHABLE, IPFS_REFUSED, ABORTED, CONFIG_INVALID (read-only store)
	 */
	readonly put: (bytes: Uint8Array, options?: IoOptions) => Promise<Digest>;
	/**
	 * The block, checked against its digest.
	 * @throws DecentraHealthError BLOCK_MISSING, BLOCK_MISMATCH, BLOCK_TOO_LARGE, IPFS_UNREACHABLE, IPFS_REFUSED, IPFS_TIMEOUT, ABORTED
	 */
	readonly get: (digest: Digest, options?: IoOptions) => Promise<Uint8Array>;
	/** Whether the store says that it has the block: a hint, only `get` checks. @throws DecentraHealthError IPFS_UNREACHABLE, IPFS_REFUSED, IPFS_TIMEOUT, ABORTED */
	readonly has: (digest: Digest, options?: IoOptions) => Promise<boolean>;
};

export { sha256Digest };

/** The bytes themselves if they are the block asked for. @throws DecentraHealthError BLOCK_TOO_LARGE, BLOCK_MISMATCH */
export const checkBlock = (bytes: Uint8Array, digest: Digest, description: string): Uint8Array => {
	if (bytes.length > MAX_BLOCK_BYTES) throw blockTooLarge(digest, description);
	if (sha256Digest(bytes) !== digest) {
		throw new DecentraHealthError("BLOCK_MISMATCH", {
			message: `${description} returned other bytes than block ${cidOf(digest)}`,
			nextStep: "The block is damaged or forged there. Fetch it from another store or gateway.",
		});
	}
	return bytes;
};

/** @throws DecentraHealthError BLOCK_TOO_LARGE */
export const requireBlockSize = (bytes: Uint8Array): void => {
	if (bytes.length > MAX_BLOCK_BYTES) {
		throw new DecentraHealthError("BLOCK_TOO_LARGE", {
			message: `an object of ${bytes.length} bytes does not fit one block of ${MAX_BLOCK_BYTES}`,
			nextStep: "Use a smaller model or fewer committee members.",
		});
	}
};

export const blockTooLarge = (digest: Digest, description: string): DecentraHealthError =>
	new DecentraHealthError("BLOCK_TOO_LARGE", {
		message: `${description} returned more than ${MAX_BLOCK_BYTES} bytes for block ${cidOf(digest)}`,
		nextStep: "No object of a study is that large: fetch it from another store or gateway.",
	});

export const blockMissing = (digest: Digest, description: string): DecentraHealthError =>
	new DecentraHealthError("BLOCK_MISSING", {
		message: `${description} does not have block ${cidOf(digest)}`,
		nextStep: "Ask its publisher to keep it available, or add a gateway that has it.",
	});

/** It may answer later. */
export const unreachable = (description: string, problem: string, nextStep: string, cause?: unknown) =>
	new DecentraHealthError("IPFS_UNREACHABLE", { message: `${description} ${problem}`, nextStep, cause });

/** It answers, and will go on so until somebody changes the configuration, here or there. */
export const refused = (description: string, problem: string, nextStep: string, cause?: unknown) =>
	new DecentraHealthError("IPFS_REFUSED", { message: `${description} ${problem}`, nextStep, cause });

/** It looked for the block elsewhere and ran out of time, so the block may exist. */
export const searchTimeout = (digest: Digest, description: string, problem: string, cause?: unknown) =>
	new DecentraHealthError("IPFS_TIMEOUT", {
		message: `${description} ${problem} block ${cidOf(digest)}`,
		nextStep: "Ask again later, or name a store or gateway that has the block itself.",
		cause,
	});

/** @throws DecentraHealthError ABORTED when the caller has cancelled */
export const throwIfAborted = (signal: AbortSignal | undefined, description: string): void => {
	if (signal?.aborted === true) {
		throw new DecentraHealthError("ABORTED", {
			message: `the request to ${description} was cancelled`,
			nextStep: "Run the command again.",
		});
	}
};
