/**
 * The quadratic arithmetic program of a circuit at the trapdoor's tau: all exponents of a Groth16 proving key, as snarkjs 0.7.6 lays
 * them out (zkey_new.js computes the same from powers of tau, groth16_prove.js consumes it).
 */
import { FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import type { R1cs, SparseMatrix } from "../r1cs.ts";
import type { Trapdoor } from "./trapdoor.ts";

/** Exponents of the key's points; canonical elements. */
export type KeyScalars = {
	readonly domainSize: number;
	/** A_s(tau) per wire. */
	readonly a: readonly bigint[];
	/** B_s(tau) per wire. */
	readonly b: readonly bigint[];
	/** beta A_s + alpha B_s + C_s (gamma is 1) for wire 0 and the public wires. */
	readonly ic: readonly bigint[];
	/** (beta A_s + alpha B_s + C_s) / delta for the private wires. */
	readonly c: readonly bigint[];
	/** L_{2i+1}(tau) / delta over the domain of double size: snarkjs multiplies them with (AB - C) at the odd points. */
	readonly h: readonly bigint[];
};

/** Multiplicative generator of the field; circom, snarkjs and gnark agree on 5, its least quadratic non-residue. */
const GENERATOR = 5n;

/** The primitive 2^power-th root of unity that ffjavascript uses. */
const rootOfUnity = (power: number): bigint => Fr.pow(GENERATOR, (FIELD_ORDER - 1n) >> BigInt(power));

/** 1/x for many nonzero x at the price of one inversion (Montgomery's trick). */
const invertAll = (values: readonly bigint[]): bigint[] => {
	const prefix: bigint[] = [];
	let product = 1n;
	for (const value of values) {
		prefix.push(product);
		product = (product * value) % FIELD_ORDER;
	}
	let inverse = Fr.inv(product);
	const inverses = new Array<bigint>(values.length);
	for (let index = values.length - 1; index >= 0; index--) {
		inverses[index] = (inverse * (prefix[index] as bigint)) % FIELD_ORDER;
		inverse = (inverse * (values[index] as bigint)) % FIELD_ORDER;
	}
	return inverses;
};

/**
 * The Lagrange polynomials of the points first * step^i (i < count) of the domain {x : x^size = 1} at tau, times `factor`:
 * L_x(tau) = x (tau^size - 1) / (size (tau - x)).
 */
const lagrangeAt = (
	tau: bigint,
	size: number,
	{ first, step, count, factor }: { first: bigint; step: bigint; count: number; factor: bigint },
): readonly bigint[] => {
	const points: bigint[] = [];
	for (let index = 0, point = first; index < count; index++, point = (point * step) % FIELD_ORDER) points.push(point);
	const common = Fr.mul(Fr.div(Fr.sub(Fr.pow(tau, BigInt(size)), 1n), BigInt(size)), factor);
	const inverses = invertAll(points.map((point) => Fr.sub(tau, point)));
	return points.map((point, index) => (((point * common) % FIELD_ORDER) * (inverses[index] as bigint)) % FIELD_ORDER);
};

/** Per wire: the sum over rows of coefficient * basis[row]. Sums of up to 2^32 products of canonical elements, reduced once. */
const columnSums = (r1cs: R1cs, matrix: SparseMatrix, basis: readonly bigint[]): bigint[] => {
	const sums = new Array<bigint>(r1cs.wires).fill(0n);
	const minusOne = FIELD_ORDER - 1n;
	for (let row = 0; row < r1cs.constraints; row++) {
		const value = basis[row] as bigint;
		const end = matrix.start[row + 1] as number;
		for (let term = matrix.start[row] as number; term < end; term++) {
			const coefficient = r1cs.coefficients[matrix.coefficient[term] as number] as bigint;
			const wire = matrix.wire[term] as number;
			const sum = sums[wire] as bigint;
			// Nearly all coefficients are 1 or -1; no multiplication for those.
			if (coefficient === 1n) sums[wire] = sum + value;
			else if (coefficient === minusOne) sums[wire] = sum - value;
			else sums[wire] = sum + coefficient * value;
		}
	}
	return sums;
};

/** log2 of the evaluation domain: room for every constraint and one row per public wire, with at least one to spare. */
export const domainPower = (r1cs: R1cs): number =>
	Math.floor(Math.log2(r1cs.constraints + r1cs.publicInputs + r1cs.outputs)) + 1;

export const evaluateQap = (r1cs: R1cs, { tau, alpha, beta, delta }: Trapdoor): KeyScalars => {
	const power = domainPower(r1cs);
	const domainSize = 2 ** power;
	const publicWires = r1cs.outputs + r1cs.publicInputs + 1;
	const root = rootOfUnity(power);
	const basis = lagrangeAt(tau, domainSize, { first: 1n, step: root, count: domainSize, factor: 1n });
	const inverseDelta = Fr.inv(delta);
	const a = columnSums(r1cs, r1cs.a, basis);
	const b = columnSums(r1cs, r1cs.b, basis);
	const c = columnSums(r1cs, r1cs.c, basis);
	// snarkjs adds the row `public wire * 0 = 0` for each public wire, which keeps their polynomials independent.
	for (let wire = 0; wire < publicWires; wire++) {
		a[wire] = (a[wire] as bigint) + (basis[r1cs.constraints + wire] as bigint);
	}
	for (let wire = 0; wire < r1cs.wires; wire++) {
		a[wire] = Fr.create(a[wire] as bigint);
		b[wire] = Fr.create(b[wire] as bigint);
	}
	const combined = c.map((value, wire) => Fr.create(beta * (a[wire] as bigint) + alpha * (b[wire] as bigint) + value));
	const doubleRoot = rootOfUnity(power + 1);
	return {
		domainSize,
		a,
		b,
		ic: combined.slice(0, publicWires),
		c: combined.slice(publicWires).map((value) => Fr.mul(value, inverseDelta)),
		h: lagrangeAt(tau, 2 * domainSize, { first: doubleRoot, step: root, count: domainSize, factor: inverseDelta }),
	};
};
