/**
 * Groth16 keys whose trapdoor is known, and proofs simulated with it: every verifier accepts them, for any public signals, without a
 * circuit or a witness (that is the zero-knowledge simulator of Groth, EUROCRYPT 2016, section 3.1). For tests of whoever verifies.
 */
import { bn254 } from "@noble/curves/bn254.js";
import type { VerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import type { SolidityProof } from "../../worker/core/ledger/state.ts";
import { Fr } from "../../worker/protocol/field.ts";
import { randomRing } from "./randomRing.ts";

type G1 = [string, string, "1"];
type G2 = [[string, string], [string, string], ["1", "0"]];

const affine1 = (scalar: bigint) => bn254.G1.Point.BASE.multiply(scalar).toAffine();
const affine2 = (scalar: bigint) => bn254.G2.Point.BASE.multiply(scalar).toAffine();

const g1 = (scalar: bigint): G1 => {
	const { x, y } = affine1(scalar);
	return [String(x), String(y), "1"];
};

const g2 = (scalar: bigint): G2 => {
	const { x, y } = affine2(scalar);
	return [
		[String(x.c0), String(x.c1)],
		[String(y.c0), String(y.c1)],
		["1", "0"],
	];
};

/** A and B in Solidity's order. */
const pointsOf = (a: bigint, b: bigint): readonly [bigint, bigint, bigint, bigint, bigint, bigint] => {
	const [A, B] = [affine1(a), affine2(b)];
	return [A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0];
};

export type SimulatedKey = {
	readonly verificationKey: VerificationKey;
	/** A proof of anything. */
	readonly prove: (signals: readonly bigint[]) => SolidityProof;
	/** One whose C is the point at infinity: the equation holds, but an honest prover makes no such proof. */
	readonly proveWithoutC: (signals: readonly bigint[]) => SolidityProof;
};

/** What all keys of one ceremony share; gamma is 1, as in snarkjs' keys. */
export type SimulatedPhase1 = {
	readonly key: (seed: string, nPublic: number) => SimulatedKey;
};

type NonZero = () => bigint;

const nonZeroFrom = (seed: string): NonZero => {
	const random = randomRing(seed);
	return () => 1n + random.belowBig(Fr.ORDER - 1n);
};

const keyOver = (
	{ alpha, beta, gamma }: { alpha: bigint; beta: bigint; gamma: bigint },
	nPublic: number,
	nonZero: NonZero,
): SimulatedKey => {
	const delta = nonZero();
	const inputs = Array.from({ length: nPublic + 1 }, nonZero);
	// e(A, B) = e(alpha, beta) e(sum_i signal_i IC_i, gamma) e(C, delta), in the exponent: the right side less C's part.
	const right = (signals: readonly bigint[]): bigint => {
		const sum = inputs.reduce(
			(total, input, index) => Fr.add(total, Fr.mul(input, index === 0 ? 1n : (signals[index - 1] as bigint))),
			0n,
		);
		return Fr.add(Fr.mul(alpha, beta), Fr.mul(sum, gamma));
	};
	return {
		verificationKey: {
			protocol: "groth16",
			curve: "bn128",
			nPublic,
			vk_alpha_1: g1(alpha),
			vk_beta_2: g2(beta),
			vk_gamma_2: g2(gamma),
			vk_delta_2: g2(delta),
			IC: inputs.map(g1),
		},
		prove: (signals) => {
			const [a, b] = [nonZero(), nonZero()];
			const c = Fr.div(Fr.sub(Fr.mul(a, b), right(signals)), delta);
			const C = affine1(c);
			return [...pointsOf(a, b), C.x, C.y];
		},
		proveWithoutC: (signals) => {
			const a = nonZero();
			return [...pointsOf(a, Fr.div(right(signals), a)), 0n, 0n];
		},
	};
};

/** Keys whose proofs a batch verifier accepts together (docs/PROTOCOL.md, section 7). */
export const simulatedPhase1 = (seed: string): SimulatedPhase1 => {
	const nonZero = nonZeroFrom(`phase 1 ${seed}`);
	const phase1 = { alpha: nonZero(), beta: nonZero(), gamma: 1n };
	return { key: (keySeed, nPublic) => keyOver(phase1, nPublic, nonZeroFrom(`${seed} ${keySeed}`)) };
};

/** A key of a setup of its own, which no batch can mix with others. */
export const simulatedKey = (seed: string, nPublic: number): SimulatedKey => {
	const nonZero = nonZeroFrom(seed);
	return keyOver({ alpha: nonZero(), beta: nonZero(), gamma: nonZero() }, nPublic, nonZero);
};
