/** How a frozen set is divided among the proofs of one key sum; docs/PROTOCOL.md section 3.1. */

const requireSlots = (slots: number): void => {
	if (!Number.isInteger(slots) || slots < 1 || slots > 16) throw new RangeError(`${slots} slots, not 1 to 16`);
};

/** Proofs that a key sum over `updateCount` updates takes: ceil(updateCount / slots). */
export const keySumProofCount = (updateCount: number, slots: number): number => {
	requireSlots(slots);
	return Math.ceil(updateCount / slots);
};

/** The set in its order, `slots` to a chunk; the last chunk has 1 to `slots`. */
export const keySumChunks = <T>(set: readonly T[], slots: number): readonly (readonly T[])[] =>
	Array.from({ length: keySumProofCount(set.length, slots) }, (_, index) =>
		set.slice(index * slots, (index + 1) * slots),
	);

/** The values of a chunk's used slots, and `unused` for the others. */
export const padded = <T>(values: readonly T[], slots: number, unused: T): readonly T[] =>
	Array.from({ length: slots }, (_, slot) => values[slot] ?? unused);
