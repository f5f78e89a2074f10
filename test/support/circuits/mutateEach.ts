/** Changes every signal of a witness in turn and reports the changes that no constraint notices. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { evaluateRow, type R1cs, type SparseMatrix } from "../../../scripts/circuits/r1cs.ts";
import { FIELD_ORDER, toField } from "../../../worker/protocol/field.ts";
import type { TestCircuit, Witness } from "./testCircuit.ts";

export type MutationReport = {
	/** Wires tried: all but the constant and the unconstrained ones. */
	readonly tried: number;
	/** Signals with a changed value that every constraint still accepts. */
	readonly survivors: readonly { readonly signal: string; readonly wire: number; readonly value: bigint }[];
	/** Signals that occur in no constraint at all. */
	readonly unconstrained: readonly string[];
};

/** Where a wire occurs: per term the row, the matrix (0 A, 1 B, 2 C) and the coefficient's index. Terms of a wire lie together. */
type Occurrences = {
	readonly start: Uint32Array;
	readonly row: Uint32Array;
	readonly matrix: Uint8Array;
	readonly coefficient: Uint32Array;
};

const occurrencesOf = (r1cs: R1cs): Occurrences => {
	const matrices: readonly SparseMatrix[] = [r1cs.a, r1cs.b, r1cs.c];
	const start = new Uint32Array(r1cs.wires + 1);
	for (const { wire } of matrices) for (const w of wire) start[w + 1] = (start[w + 1] as number) + 1;
	for (let w = 0; w < r1cs.wires; w++) start[w + 1] = (start[w + 1] as number) + (start[w] as number);
	const next = start.slice();
	const total = start[r1cs.wires] as number;
	const row = new Uint32Array(total);
	const matrix = new Uint8Array(total);
	const coefficient = new Uint32Array(total);
	for (let r = 0; r < r1cs.constraints; r++) {
		matrices.forEach((m, which) => {
			for (let term = m.start[r] as number; term < (m.start[r + 1] as number); term++) {
				const wire = m.wire[term] as number;
				const at = next[wire] as number;
				next[wire] = at + 1;
				row[at] = r;
				matrix[at] = which;
				coefficient[at] = m.coefficient[term] as number;
			}
		});
	}
	return { start, row, matrix, coefficient };
};

const randomElement = (): bigint => BigInt(`0x${randomBytes(40).toString("hex")}`) % FIELD_ORDER;

/**
 * Replaces each wire w of an honest witness by w + 1, r - 1 and a random element (and by extra values of `alternatives`), one wire at a
 * time, and re-evaluates only the constraints that mention it: seconds for 100,000 constraints.
 * It finds signals that nothing pins down. It does NOT find values that could change together: see assertForgedWitness.
 */
export const mutateEach = (
	circuit: TestCircuit,
	witness: Witness,
	alternatives: (old: bigint) => readonly bigint[] = () => [],
): MutationReport => {
	const { r1cs, symbols } = circuit;
	assert.equal(circuit.checkConstraints(witness), null, "the witness to mutate must be honest");
	const { start, row, matrix, coefficient } = occurrencesOf(r1cs);
	const rows = (m: SparseMatrix): bigint[] =>
		Array.from({ length: r1cs.constraints }, (_, index) => evaluateRow(r1cs, m, index, witness));
	const honest = [rows(r1cs.a), rows(r1cs.b), rows(r1cs.c)] as const;

	const isCaught = (wire: number, change: bigint): boolean => {
		const end = start[wire + 1] as number;
		for (let term = start[wire] as number; term < end; ) {
			const constraint = row[term] as number;
			const sides = honest.map((side) => side[constraint] as bigint) as [bigint, bigint, bigint];
			for (; term < end && row[term] === constraint; term++) {
				const which = matrix[term] as 0 | 1 | 2;
				sides[which] += (r1cs.coefficients[coefficient[term] as number] as bigint) * change;
			}
			if ((sides[0] * sides[1] - sides[2]) % FIELD_ORDER !== 0n) return true;
		}
		return false;
	};

	const survivors: { signal: string; wire: number; value: bigint }[] = [];
	const unconstrained: string[] = [];
	let tried = 0;
	for (let wire = 1; wire < r1cs.wires; wire++) {
		if (start[wire] === start[wire + 1]) {
			unconstrained.push(symbols.name(wire));
			continue;
		}
		tried++;
		const old = witness[wire] as bigint;
		for (const candidate of [old + 1n, -1n, randomElement(), ...alternatives(old)]) {
			const value = toField(candidate);
			if (value === old || isCaught(wire, value - old)) continue;
			survivors.push({ signal: symbols.name(wire), wire, value });
			break;
		}
	}
	return { tried, survivors, unconstrained };
};

/**
 * Asserts that every single-signal change is caught and that every signal occurs in a constraint.
 * `free` names signals that are meant to be free at this witness (exactly those: a listed one that is caught fails, too),
 * with a comment in the test saying why.
 */
export const assertEveryMutationCaught = (
	circuit: TestCircuit,
	witness: Witness,
	free: readonly string[] = [],
): void => {
	const { survivors, unconstrained } = mutateEach(circuit, witness);
	const named = (name: string): string => (name.startsWith("main.") ? name : `main.${name}`);
	const found = [...survivors.map(({ signal }) => signal), ...unconstrained];
	assert.deepEqual(found.sort(), free.map(named).sort(), `${circuit.name}: signals that no constraint pins down`);
};
