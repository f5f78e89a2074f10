/** The digest that stands for the members' share keys in proofs; docs/PROTOCOL.md section 1. */
import type { CurvePoint } from "./babyJubJub.ts";
import { hashTriple } from "./poseidon.ts";

/** h_0 = 0, h_(j+1) = Poseidon(3)(h_j, X_j, Y_j) over the keys in committee order. */
export const committeeKeysDigest = (keys: readonly CurvePoint[]): bigint =>
	keys.reduce((digest, { x, y }) => hashTriple(digest, x, y), 0n);
