/** SHA-256 as contracts store it. Apart from contentDigest.ts, which needs the field: a browser that only checks blocks does without. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** 0x and 64 lower-case digits. */
export const sha256Digest = (content: Uint8Array): `0x${string}` => `0x${bytesToHex(sha256(content))}`;
