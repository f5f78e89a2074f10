/** Groth16 proofs as the contracts take them, and the check that foreign numbers are one. */
import { bn254 } from "@noble/curves/bn254.js";
import { DecentraHealthError } from "./errors.ts";

/**
 * uint256[8] in the order of snarkjs' Solidity verifier: A.x, A.y, B.x imaginary, B.x real, B.y imaginary, B.y real, C.x, C.y.
 * A and C are in G1, B is in G2.
 */
export type Proof = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/** Order q of the field that the coordinates are in. */
export const BASE_FIELD_ORDER = bn254.fields.Fp.ORDER;

const malformed = (what: string): DecentraHealthError =>
	new DecentraHealthError("PROOF_INVALID", {
		message: `the proof is malformed: ${what}`,
		nextStep: "Reject it. An honest prover sends three points of BN254's prime-order groups.",
	});

const requireG1 = (name: string, x: bigint, y: bigint): void => {
	if (x === 0n && y === 0n) throw malformed(`${name} is the point at infinity`);
	try {
		bn254.G1.Point.fromAffine({ x, y }).assertValidity();
	} catch {
		throw malformed(`${name} is not on the curve`);
	}
};

/**
 * Eight numbers from elsewhere as a proof: coordinates canonical, points on their curves, B in the subgroup, none at infinity.
 * @throws DecentraHealthError PROOF_INVALID
 */
export const parseProof = (words: readonly bigint[]): Proof => {
	if (words.length !== 8) throw malformed(`it has ${words.length} words instead of 8`);
	if (words.some((word) => word < 0n || word >= BASE_FIELD_ORDER)) throw malformed("a coordinate is not below q");
	const [ax, ay, bx1, bx0, by1, by0, cx, cy] = words as readonly bigint[] as Proof;
	requireG1("A", ax, ay);
	requireG1("C", cx, cy);
	if (bx1 === 0n && bx0 === 0n && by1 === 0n && by0 === 0n) throw malformed("B is the point at infinity");
	try {
		bn254.G2.Point.fromAffine({ x: { c0: bx0, c1: bx1 }, y: { c0: by0, c1: by1 } }).assertValidity();
	} catch {
		throw malformed("B is not in the prime-order subgroup of G2");
	}
	return [ax, ay, bx1, bx0, by1, by0, cx, cy];
};
