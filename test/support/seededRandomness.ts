/** A reproducible stand-in for node:crypto's randomness: SHAKE256 of a seed. Never for keys. */
import { shake256 } from "@noble/hashes/sha3.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Randomness } from "../../worker/core/encryption/sampling.ts";

export const seededRandomness = (seed: string): Randomness => {
	const stream = shake256.create().update(utf8ToBytes(seed));
	return { bytes: (length) => stream.xof(length) };
};
