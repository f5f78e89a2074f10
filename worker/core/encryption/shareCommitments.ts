/** What an update's proof says about each member's shares; docs/PROTOCOL.md section 3, circuits/committee. */
import { spongeHash } from "../../protocol/poseidon.ts";

/**
 * m_j = S(share, [f_0(j) .. f_(K-1)(j), b_j]). Hiding: to everybody but member j and the hospital, its inputs are uniform.
 * About 35 ms at K = 108.
 * @param shares the member's K shares, in [0, r)
 * @param blind b_j, in [0, r)
 */
export const shareCommitment = (shares: readonly bigint[], blind: bigint): bigint =>
	spongeHash("share", [...shares, blind]);

/**
 * S(share set, [context, m_1 .. m_n]): the proof's public signal that key sums refer to.
 * @param commitments one per member, in committee order
 */
export const shareDigest = (context: bigint, commitments: readonly bigint[]): bigint =>
	spongeHash("shareSet", [context, ...commitments]);
