/** Codes of a block that a store does not give, in two kinds: what was asked and did not answer about the block, and what answered. */
import type { ErrorCode } from "./errors.ts";

/** Says nothing about the block: it may be there. */
export const STORE_FAILED: readonly ErrorCode[] = ["IPFS_UNREACHABLE", "IPFS_REFUSED", "IPFS_TIMEOUT"];

/** The store does not have the block, or has other bytes for it. */
export const BLOCK_LOST: readonly ErrorCode[] = ["BLOCK_MISMATCH", "BLOCK_TOO_LARGE", "BLOCK_MISSING"];

/** About one block or one store, so no reason to leave the others. */
export const CANNOT_BE_HAD: readonly ErrorCode[] = [...STORE_FAILED, ...BLOCK_LOST];
