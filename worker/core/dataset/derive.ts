/** Secrets derived from a hospital's one seed by HKDF-SHA256 (RFC 5869): a restarted worker finds the same salts again. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { FIELD_ORDER } from "../../protocol/field.ts";

/** Least length of a seed in bytes. */
export const SEED_BYTES = 32;

const requireSeed = (seed: Uint8Array): Uint8Array => {
	if (seed.length < SEED_BYTES) throw new RangeError(`a seed has at least ${SEED_BYTES} bytes`);
	return seed;
};

/** `length` bytes bound to `label`. Two labels give independent outputs. */
export const deriveBytes = (seed: Uint8Array, label: string, length = 32): Uint8Array =>
	hkdf(sha256, requireSeed(seed), undefined, utf8ToBytes(`DecentraHealth/${label}`), length);

/** A field element in [0, r): 48 bytes reduced, so the bias is below 2^-128. */
export const deriveFieldElement = (seed: Uint8Array, label: string): bigint =>
	deriveBytes(seed, label, 48).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) % FIELD_ORDER;
