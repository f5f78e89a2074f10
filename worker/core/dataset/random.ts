/** Deterministic randomness: SHAKE256 as a stream (FIPS 202), so that a split or a batch order can be reproduced from its seed alone. */
import { shake256 } from "@noble/hashes/sha3.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** A deterministic generator. Its output is as unpredictable as its seed. */
export type Random = {
	/** Uniform integer in [0, bound), bound in [1, 2^32]. */
	readonly below: (bound: number) => number;
	/** A uniformly shuffled copy (Fisher-Yates). */
	readonly shuffle: <T>(items: readonly T[]) => T[];
};

const BLOCK_BYTES = 136;

/** @param seed any bytes, or a text taken as UTF-8 */
export const createRandom = (seed: Uint8Array | string): Random => {
	const stream = shake256.create().update(typeof seed === "string" ? utf8ToBytes(seed) : seed);
	let block = stream.xof(BLOCK_BYTES);
	let offset = 0;
	const next32 = (): number => {
		if (offset === block.length) {
			block = stream.xof(BLOCK_BYTES);
			offset = 0;
		}
		const word = new DataView(block.buffer, block.byteOffset + offset, 4).getUint32(0, true);
		offset += 4;
		return word;
	};
	const below = (bound: number): number => {
		if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) throw new RangeError(`no integers below ${bound}`);
		// Words past the largest multiple of the bound are rejected: the remainder would favour small values.
		const limit = 2 ** 32 - (2 ** 32 % bound);
		for (;;) {
			const word = next32();
			if (word < limit) return word % bound;
		}
	};
	return {
		below,
		shuffle: <T>(items: readonly T[]): T[] => {
			const shuffled = [...items];
			for (let last = shuffled.length - 1; last > 0; last--) {
				const chosen = below(last + 1);
				[shuffled[last], shuffled[chosen]] = [shuffled[chosen] as T, shuffled[last] as T];
			}
			return shuffled;
		},
	};
};
