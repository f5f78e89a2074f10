/** Who sits on the next round's committee: everybody in turn, by a rule that anybody can compute again. */
import type { Address } from "viem";
import type { Ledger } from "./ledger/state.ts";

export type Rotation = {
	/** Members that may be seated. */
	readonly pool: readonly Address[];
	/** Seats, n. */
	readonly size: number;
	/** Of the round to open, from 1. */
	readonly roundId: bigint;
};

/**
 * Of the pool's m members that are admitted and have a key, round r seats those at the places (r - 1 + i) mod m, i = 0..n-1. Seats keep the
 * pool's order, so that a pool of n members is the same committee, with the same keys digest, in every round.
 * @returns n members, or undefined when there are fewer
 */
export const chooseCommittee = (
	{ members }: Pick<Ledger, "members">,
	{ pool, size, roundId }: Rotation,
): readonly Address[] | undefined => {
	const eligible = [...new Set(pool)].filter((member) => members.get(member) !== undefined);
	if (eligible.length < size) return undefined;
	const start = Number((roundId - 1n) % BigInt(eligible.length));
	const places = new Set(Array.from({ length: size }, (_, seat) => (start + seat) % eligible.length));
	return eligible.filter((_, place) => places.has(place));
};
