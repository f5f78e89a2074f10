/**
 * Forged witnesses: what a dishonest prover, who never runs our witness calculator, could hand in.
 * Only the constraints count here; circom's `assert()` and a refusing calculator stop nobody.
 */
import assert from "node:assert/strict";
import type { CircuitInput } from "snarkjs";
import { isDecentraHealthError } from "../../../worker/protocol/errors.ts";
import { toField } from "../../../worker/protocol/field.ts";
import type { TestCircuit, Witness } from "./testCircuit.ts";

/** New values by signal name: a value, a function of the old one, or for an array signal "x" all its elements in row-major order. */
export type Changes = Readonly<Record<string, bigint | readonly bigint[] | ((old: bigint) => bigint)>>;

/**
 * A copy of `witness` with some signals replaced. Values are reduced mod r, so -1n is r - 1.
 * @throws RangeError for an unknown or simplified-away signal, or a wrong number of elements
 */
export const forgedWitness = (circuit: TestCircuit, witness: Witness, changes: Changes): Witness => {
	const forged = [...witness];
	for (const [signal, change] of Object.entries(changes)) {
		if (typeof change === "object") {
			const wires = circuit.symbols.array(signal);
			if (wires.length !== change.length) throw new RangeError(`${signal} has ${wires.length} elements`);
			wires.forEach((wire, index) => {
				forged[wire] = toField(change[index] as bigint);
			});
		} else {
			const wire = circuit.symbols.wire(signal);
			forged[wire] = toField(typeof change === "function" ? change(witness[wire] as bigint) : change);
		}
	}
	return forged;
};

/**
 * Asserts that the constraints refuse a witness in which a dishonest prover recomputed EVERYTHING that depends on the lie:
 * start from an honest witness of the nearest true statement, replace the lie and every signal that follows from it.
 * This is the strong test: if one consistent assignment exists, the statement is not proven. `changes` must change something.
 * @returns index of the first violated constraint, so that a test can tell which check caught it
 */
export const assertForgedWitness = (
	circuit: TestCircuit,
	witness: Witness,
	changes: Changes,
	message?: string,
): number => {
	assert.equal(circuit.checkConstraints(witness), null, "the witness to forge from must be honest");
	const forged = forgedWitness(circuit, witness, changes);
	assert.ok(
		forged.some((value, wire) => value !== witness[wire]),
		"the forgery changes nothing",
	);
	const violated = circuit.checkConstraints(forged);
	assert.notEqual(
		violated,
		null,
		message ?? `${circuit.name} accepts a forged witness: ${Object.keys(changes).join(", ")}`,
	);
	return violated as number;
};

/**
 * Like assertForgedWitness, from an input: calculates the honest witness and forges it.
 * Changing one signal is WEAK evidence: constraints that would hold after a consistent change of several signals refuse it all the same.
 */
export const forge = async (circuit: TestCircuit, input: CircuitInput, changes: Changes): Promise<Witness> => {
	const witness = await circuit.witness(input);
	assertForgedWitness(circuit, witness, changes);
	return forgedWitness(circuit, witness, changes);
};

/**
 * Asserts that the CONSTRAINTS accept a witness that differs from the honest one: documents a freedom that is meant
 * (for example the inverse hint of IsZero when its input is 0).
 */
export const assertFreedom = (circuit: TestCircuit, witness: Witness, changes: Changes): void => {
	assert.equal(circuit.checkConstraints(forgedWitness(circuit, witness, changes)), null);
};

/**
 * Asserts that no witness follows from `input`: the calculator refuses it because a constraint fails.
 * circom's calculator checks `===` and `<==` and also `assert()`, which is no constraint; therefore pair this with assertForgedWitness
 * wherever the refusal could come from an assert() or from the way a hint is computed.
 */
export const assertInputRefused = async (circuit: TestCircuit, input: CircuitInput): Promise<void> => {
	await assert.rejects(
		circuit.witness(input),
		(error) => isDecentraHealthError(error) && error.code === "PROOF_INVALID",
		`${circuit.name} accepts an input it must refuse`,
	);
};

/** Asserts that an input has a witness that satisfies every constraint, and returns it. */
export const assertAccepted = async (circuit: TestCircuit, input: CircuitInput): Promise<Witness> => {
	const witness = await circuit.witness(input);
	assert.equal(circuit.checkConstraints(witness), null, "the honest witness violates a constraint");
	return witness;
};
