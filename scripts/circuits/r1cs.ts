/** Reader of circom's .r1cs format (iden3, r1csfile/doc/r1cs_bin_format.md), compact enough for circuits of 2^20 constraints. */
import { readFileSync } from "node:fs";
import { DecentraHealthError } from "../../worker/protocol/errors.ts";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";

/**
 * One of the three matrices, by rows: the terms of constraint c are `start[c]` to `start[c + 1] - 1`;
 * term t is `coefficients[coefficient[t]] * witness[wire[t]]`.
 */
export type SparseMatrix = {
	readonly start: Uint32Array;
	readonly wire: Uint32Array;
	readonly coefficient: Uint32Array;
};

/** A rank-1 constraint system over the BN254 scalar field: (A w) * (B w) = C w. Wire 0 is the constant 1. */
export type R1cs = {
	readonly wires: number;
	readonly outputs: number;
	readonly publicInputs: number;
	readonly privateInputs: number;
	readonly constraints: number;
	/** Constraints with a non-empty A and B, that is with a product. */
	readonly nonLinear: number;
	/** The distinct coefficients, canonical; matrices refer to them by index. */
	readonly coefficients: readonly bigint[];
	readonly a: SparseMatrix;
	readonly b: SparseMatrix;
	readonly c: SparseMatrix;
};

const malformed = (path: string, what: string): DecentraHealthError =>
	new DecentraHealthError("CIRCUIT_COMPILE", {
		message: `${path} is no .r1cs file of this field: ${what}`,
		nextStep: "delete the circuit's folder below .cache/ and compile again",
	});

/** A 32-byte little-endian integer. */
export const readElement = (view: DataView, at: number): bigint =>
	view.getBigUint64(at, true) |
	(view.getBigUint64(at + 8, true) << 64n) |
	(view.getBigUint64(at + 16, true) << 128n) |
	(view.getBigUint64(at + 24, true) << 192n);

const sectionsOf = (view: DataView, path: string): ReadonlyMap<number, number> => {
	if (view.byteLength < 12 || view.getUint32(0, true) !== 0x73633172) throw malformed(path, "wrong magic number");
	const sections = new Map<number, number>();
	let at = 12;
	for (let left = view.getUint32(8, true); left > 0; left--) {
		sections.set(view.getUint32(at, true), at + 12);
		at += 12 + Number(view.getBigUint64(at + 4, true));
	}
	if (at !== view.byteLength) throw malformed(path, "its sections do not fill it");
	return sections;
};

/** Collects the terms of one matrix while the constraints are read. */
const matrixBuilder = (constraints: number) => {
	const start = new Uint32Array(constraints + 1);
	const wire: number[] = [];
	const coefficient: number[] = [];
	return {
		add: (wireIndex: number, coefficientIndex: number): void => {
			wire.push(wireIndex);
			coefficient.push(coefficientIndex);
		},
		endRow: (row: number): void => {
			start[row + 1] = wire.length;
		},
		matrix: (): SparseMatrix => ({ start, wire: Uint32Array.from(wire), coefficient: Uint32Array.from(coefficient) }),
	};
};

/**
 * Reads a .r1cs file.
 * @throws DecentraHealthError CIRCUIT_COMPILE when it is malformed or of another field
 */
export const readR1cs = (path: string): R1cs => {
	const bytes = readFileSync(path);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const sections = sectionsOf(view, path);
	const header = sections.get(1);
	const body = sections.get(2);
	if (header === undefined || body === undefined) throw malformed(path, "a section is missing");
	if (view.getUint32(header, true) !== 32 || readElement(view, header + 4) !== FIELD_ORDER) {
		throw malformed(path, "it is not over the BN254 scalar field");
	}
	const constraints = view.getUint32(header + 60, true);
	// Circuits repeat few coefficients (1, -1, powers of two, hash constants), so each is stored once.
	const coefficients: bigint[] = [];
	const known = new Map<bigint, number>();
	const indexOf = (value: bigint): number => {
		const found = known.get(value);
		if (found !== undefined) return found;
		known.set(value, coefficients.length);
		return coefficients.push(value) - 1;
	};
	const builders = [matrixBuilder(constraints), matrixBuilder(constraints), matrixBuilder(constraints)] as const;
	let at = body;
	let nonLinear = 0;
	for (let row = 0; row < constraints; row++) {
		const sizes = builders.map((builder) => {
			const terms = view.getUint32(at, true);
			at += 4;
			for (let term = 0; term < terms; term++, at += 36) {
				builder.add(view.getUint32(at, true), indexOf(readElement(view, at + 4)));
			}
			builder.endRow(row);
			return terms;
		});
		if (sizes[0] !== 0 && sizes[1] !== 0) nonLinear++;
	}
	return {
		wires: view.getUint32(header + 36, true),
		outputs: view.getUint32(header + 40, true),
		publicInputs: view.getUint32(header + 44, true),
		privateInputs: view.getUint32(header + 48, true),
		constraints,
		nonLinear,
		coefficients,
		a: builders[0].matrix(),
		b: builders[1].matrix(),
		c: builders[2].matrix(),
	};
};

/** The inner product of one row with the witness, in [0, r). */
export const evaluateRow = (r1cs: R1cs, matrix: SparseMatrix, row: number, witness: readonly bigint[]): bigint => {
	let sum = 0n;
	const end = matrix.start[row + 1] as number;
	for (let term = matrix.start[row] as number; term < end; term++) {
		const value = witness[matrix.wire[term] as number] as bigint;
		if (value !== 0n) sum += (r1cs.coefficients[matrix.coefficient[term] as number] as bigint) * value;
	}
	return sum % FIELD_ORDER;
};

/** Index of the first constraint that the witness violates, or null when it satisfies all of them. */
export const checkConstraints = (r1cs: R1cs, witness: readonly bigint[]): number | null => {
	if (witness.length !== r1cs.wires) throw new RangeError(`a witness of ${r1cs.wires} wires, not ${witness.length}`);
	if (witness[0] !== 1n) throw new RangeError("wire 0 of a witness is the constant 1");
	for (let row = 0; row < r1cs.constraints; row++) {
		const a = evaluateRow(r1cs, r1cs.a, row, witness);
		const b = evaluateRow(r1cs, r1cs.b, row, witness);
		const c = evaluateRow(r1cs, r1cs.c, row, witness);
		if ((a * b - c) % FIELD_ORDER !== 0n) return row;
	}
	return null;
};
