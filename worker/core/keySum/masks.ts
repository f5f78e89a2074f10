/** The masks that hide what a chunk of a key sum's proof adds up; docs/PROTOCOL.md section 3.1. */
import { spongeHash } from "../../protocol/poseidon.ts";

/** S(mask, [opening]), for an opening in [0, r). */
export const maskCommitment = (opening: bigint): bigint => spongeHash("mask", [opening]);

/** S(mask, [0]): what the first chunk begins with and the last one ends with. The contract has the same constant. */
export const ZERO_MASK_COMMITMENT: bigint = maskCommitment(0n);
