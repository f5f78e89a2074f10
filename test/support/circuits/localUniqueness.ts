/** Finds freedom that several signals have together: the constraints' Jacobian at a witness. */
import assert from "node:assert/strict";
import { evaluateRow, type R1cs } from "../../../scripts/circuits/r1cs.ts";
import { FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import type { TestCircuit, Witness } from "./testCircuit.ts";

/** Nonzero entries of one constraint's gradient, by wire. */
type Gradient = Map<number, bigint>;

/** Gradient of (A w)(B w) - C w for one constraint, over the wires that are not inputs. */
const gradientOf = (r1cs: R1cs, row: number, witness: Witness, isGiven: (wire: number) => boolean): Gradient => {
	const a = evaluateRow(r1cs, r1cs.a, row, witness);
	const b = evaluateRow(r1cs, r1cs.b, row, witness);
	const gradient: Gradient = new Map();
	const sides = [
		[r1cs.a, b],
		[r1cs.b, a],
		[r1cs.c, FIELD_ORDER - 1n],
	] as const;
	for (const [matrix, factor] of sides) {
		if (factor === 0n) continue;
		for (let term = matrix.start[row] as number; term < (matrix.start[row + 1] as number); term++) {
			const wire = matrix.wire[term] as number;
			if (isGiven(wire)) continue;
			const coefficient = r1cs.coefficients[matrix.coefficient[term] as number] as bigint;
			gradient.set(wire, ((gradient.get(wire) ?? 0n) + coefficient * factor) % FIELD_ORDER);
		}
	}
	for (const [wire, value] of gradient) if (value === 0n) gradient.delete(wire);
	return gradient;
};

/** Removes wires that one constraint alone determines, until none is left; returns the remaining gradients. */
const propagate = (gradients: readonly Gradient[]): readonly Gradient[] => {
	const rowsOf = new Map<number, number[]>();
	gradients.forEach((gradient, row) => {
		for (const wire of gradient.keys()) {
			const rows = rowsOf.get(wire);
			if (rows === undefined) rowsOf.set(wire, [row]);
			else rows.push(row);
		}
	});
	const queue = gradients.flatMap((gradient, row) => (gradient.size === 1 ? [row] : []));
	for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
		const [wire] = (gradients[next] as Gradient).keys();
		if (wire === undefined) continue;
		for (const row of rowsOf.get(wire) ?? []) {
			const gradient = gradients[row] as Gradient;
			gradient.delete(wire);
			if (gradient.size === 1) queue.push(row);
		}
	}
	return gradients.filter(({ size }) => size > 0);
};

/** Gauss-Jordan elimination; returns the wires whose column is not determined. Rows are consumed. */
const undetermined = (rows: readonly Gradient[]): ReadonlySet<number> => {
	const open = new Set(rows);
	const pivots = new Map<number, Gradient>();
	while (open.size > 0) {
		let pivotRow: Gradient | undefined;
		for (const row of open) if (pivotRow === undefined || row.size < pivotRow.size) pivotRow = row;
		if (pivotRow === undefined) break;
		open.delete(pivotRow);
		const [entry] = pivotRow;
		if (entry === undefined) continue;
		const [wire, value] = entry;
		const inverse = Fr.inv(value);
		for (const [other, coefficient] of pivotRow) pivotRow.set(other, Fr.mul(coefficient, inverse));
		for (const row of [...open, ...pivots.values()]) {
			const factor = row.get(wire);
			if (factor === undefined) continue;
			for (const [other, coefficient] of pivotRow) {
				const changed = Fr.create((row.get(other) ?? 0n) - factor * coefficient);
				if (changed === 0n) row.delete(other);
				else row.set(other, changed);
			}
		}
		pivots.set(wire, pivotRow);
	}
	return new Set([...pivots.values()].filter(({ size }) => size > 1).flatMap((row) => [...row.keys()]));
};

/**
 * Signals that the inputs do not determine to first order: there is a direction in which they can move, together, while every constraint
 * still holds (its derivative along the direction is 0). At a typical witness that means the prover is free, as with a quotient and a
 * remainder that are not range-checked, or bits without x (x - 1) = 0.
 *
 * It finds what mutateEach cannot: consistent changes of many signals. It does not find a second isolated solution (the other root of a
 * square, a second bit decomposition above r). It reports signals at degenerate points, too: the inverse hint of IsZero at 0, anything
 * multiplied by 0; try another witness. Linear in the circuit's size, plus elimination on what cannot be ordered.
 */
export const freeSignals = (circuit: TestCircuit, witness: Witness): readonly string[] => {
	const { r1cs, symbols } = circuit;
	assert.equal(circuit.checkConstraints(witness), null, "the witness to examine must be honest");
	const firstInput = 1 + r1cs.outputs;
	const firstOther = firstInput + r1cs.publicInputs + r1cs.privateInputs;
	const isGiven = (wire: number): boolean => wire === 0 || (wire >= firstInput && wire < firstOther);
	const seen = new Set<number>();
	const gradients = Array.from({ length: r1cs.constraints }, (_, row) => {
		const gradient = gradientOf(r1cs, row, witness, isGiven);
		for (const wire of gradient.keys()) seen.add(wire);
		return gradient;
	});
	const free = new Set(undetermined(propagate(gradients)));
	for (let wire = 1; wire < r1cs.wires; wire++) if (!isGiven(wire) && !seen.has(wire)) free.add(wire);
	return [...free].sort((a, b) => a - b).map(symbols.name);
};

/** Asserts that exactly the signals `free` (meant to be free at this witness: say why in the test) are not determined by the inputs. */
export const assertDetermined = (circuit: TestCircuit, witness: Witness, free: readonly string[] = []): void => {
	const named = free.map((name) => (name.startsWith("main.") ? name : `main.${name}`));
	assert.deepEqual(
		[...freeSignals(circuit, witness)].sort(),
		named.sort(),
		`${circuit.name}: signals the prover can move without violating a constraint`,
	);
};
