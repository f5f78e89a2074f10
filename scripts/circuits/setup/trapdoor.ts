/**
 * The secret of a Groth16 setup (Groth, EUROCRYPT 2016, section 3.2). Whoever knows it can forge any proof, and tau alone is enough to:
 * delta follows from a proving key's points where tau is known.
 */
import { createHash, randomBytes } from "node:crypto";
import { FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";

/** What circuits have in common, as after the first phase of a ceremony. Elements of [1, r). */
export type Phase1 = { readonly tau: bigint; readonly alpha: bigint; readonly beta: bigint };

/** gamma is 1, as in snarkjs: it only has to be independent of delta. delta, in [1, r), belongs to one circuit. */
export type Trapdoor = Phase1 & { readonly delta: bigint };

/** Bytes of a seed. */
export const SEED_BYTES = 32;

const LABEL = "DecentraHealth/development-setup/v1";

/** Uniform in [1, r) but for a bias below 2^-250: 64 bytes reduced mod r. `attempt` is there for the one in 2^250 that is refused. */
const element = (seed: Uint8Array, name: string, isUsable: (element: bigint) => boolean, attempt = 0): bigint => {
	const digest = createHash("sha512").update(`${LABEL}/${name}/${attempt}/`).update(seed).digest("hex");
	const value = BigInt(`0x${digest}`) % FIELD_ORDER;
	return value !== 0n && isUsable(value) ? value : element(seed, name, isUsable, attempt + 1);
};

/** @param seed 32 secret bytes. tau is no point of the evaluation domains (2^28 of 2^254 elements are). */
export const phase1Of = (seed: Uint8Array): Phase1 => {
	if (seed.length !== SEED_BYTES) throw new RangeError(`a seed of ${seed.length} bytes`);
	return {
		tau: element(seed, "tau", (tau) => Fr.pow(tau, 2n ** 28n) !== 1n),
		alpha: element(seed, "alpha", () => true),
		beta: element(seed, "beta", () => true),
	};
};

export const randomSeed = (): Uint8Array => new Uint8Array(randomBytes(SEED_BYTES));

/** A fresh delta, which is in memory only, for as long as a key is being made. Not 1, which would equal gamma. */
export const randomDelta = (): bigint => element(randomSeed(), "delta", (delta) => delta !== 1n);
