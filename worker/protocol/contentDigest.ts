/** The content digest of an object: SHA-256 of its bytes, which is also its CIDv1's multihash; docs/PROTOCOL.md section 1. */
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { toField } from "./field.ts";

export type ContentDigest = {
	/** 32 bytes. */
	readonly bytes: Uint8Array;
	/** The same as 0x and 64 lower-case digits: what a contract stores as bytes32. */
	readonly hex: `0x${string}`;
	/** Read big endian, mod r: what a circuit takes as public signal. */
	readonly element: bigint;
};

export const contentDigest = (content: Uint8Array): ContentDigest => {
	const bytes = sha256(content);
	return { bytes, hex: `0x${bytesToHex(bytes)}`, element: toField(bytesToNumberBE(bytes)) };
};
