import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FIELD_ORDER } from "../../worker/protocol/field.ts";
import {
	assertAccepted,
	assertForgedWitness,
	assertFreedom,
	assertInputRefused,
	forge,
} from "../support/circuits/forge.ts";
import { assertDetermined } from "../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught, mutateEach } from "../support/circuits/mutateEach.ts";
import { testCircuit } from "../support/circuits/testCircuit.ts";

const CHECKS = `
	signal bits[8] <== Num2Bits(8)(units);
	signal top[8] <== Num2Bits(8)(tens);
	signal small <== LessThan(8)([units, 10]);
	small === 1;`;

/** in = 10 * tens + units; `checked` says whether the digit's range is constrained or only asserted. */
const digits = (checked: boolean) =>
	testCircuit({
		include: "circomlib/circuits/comparators.circom",
		template: "Digits",
		source: `template Digits() {
			signal input in;
			signal output tens;
			signal output units;
			tens <-- in \\ 10;
			units <-- in % 10;
			in === 10 * tens + units;
			${checked ? CHECKS : "assert(units < 10);"}
		}`,
	});

describe("circuit test harness", () => {
	it("calculates witnesses, reads signals by name and counts constraints", async () => {
		const circuit = await digits(true);
		const witness = await assertAccepted(circuit, { in: 57n });
		assert.equal(circuit.value(witness, "tens"), 5n);
		assert.equal(circuit.value(witness, "main.units"), 7n);
		assert.deepEqual(circuit.values(witness, "bits"), [1n, 1n, 1n, 0n, 0n, 0n, 0n, 0n]);
		assert.equal(circuit.constraints.total, circuit.constraints.linear + circuit.constraints.nonLinear);
		assert.equal(circuit.r1cs.outputs, 2);
		assert.throws(() => circuit.value(witness, "nothing"), RangeError);
	});

	it("names the first violated constraint", async () => {
		const circuit = await digits(true);
		const witness = [...(await circuit.witness({ in: 57n }))];
		assert.equal(circuit.checkConstraints(witness), null);
		witness[circuit.symbols.wire("tens")] = 4n;
		assert.equal(typeof circuit.checkConstraints(witness), "number");
	});

	it("refuses inputs, and tells an assert() from a constraint", async () => {
		await assertInputRefused(await digits(true), { in: 2600n });
		const asserting = await digits(false);
		const witness = await assertAccepted(asserting, { in: 57n });
		const lie = { tens: 4n, units: 17n };
		assert.throws(() => assertForgedWitness(asserting, witness, lie), assert.AssertionError);
		assertFreedom(asserting, witness, lie);
		const constraining = await digits(true);
		assertForgedWitness(constraining, await constraining.witness({ in: 57n }), {
			...lie,
			bits: [1n, 0n, 0n, 0n, 1n, 0n, 0n, 0n],
			top: [0n, 0n, 1n, 0n, 0n, 0n, 0n, 0n],
		});
		await forge(constraining, { in: 57n }, { units: (old) => old + 1n });
	});

	it("refuses to forge nothing, or from a dishonest witness", async () => {
		const circuit = await digits(true);
		const witness = await circuit.witness({ in: 57n });
		assert.throws(() => assertForgedWitness(circuit, witness, { tens: 5n }), assert.AssertionError);
		assert.throws(() => assertForgedWitness(circuit, [1n, ...witness.slice(1).map(() => 3n)], { tens: 5n }));
	});

	it("finds signals that nothing pins down", async () => {
		const circuit = await testCircuit({
			include: "circomlib/circuits/comparators.circom",
			template: "Loose",
			source: `template Loose() {
				signal input in;
				signal output product;
				component isZero = IsZero();
				isZero.in <== in;
				signal hint <-- in + 1;
				product <== hint * (1 - isZero.out);
			}`,
		});
		// At in = 0 the inverse hint of IsZero is free by design, and `hint` is multiplied by 0.
		const atZero = await assertAccepted(circuit, { in: 0n });
		assertEveryMutationCaught(circuit, atZero, ["hint", "isZero.inv"]);
		const atOne = await assertAccepted(circuit, { in: FIELD_ORDER - 1n });
		assertEveryMutationCaught(circuit, atOne);
		assert.throws(() => assertEveryMutationCaught(circuit, atOne, ["hint"]), assert.AssertionError);
	});

	it("finds signals that can only move together", async () => {
		const asserting = await digits(false);
		const witness = await asserting.witness({ in: 57n });
		// One at a time nothing moves, but tens and units do together.
		assertEveryMutationCaught(asserting, witness);
		assertDetermined(asserting, witness, ["tens", "units"]);
		const checking = await digits(true);
		assertDetermined(checking, await checking.witness({ in: 57n }));
	});

	it("finds free cycles, and solves systems that no single constraint starts", async () => {
		const source = (last: string) => `template Pair() {
			signal input in;
			signal x <-- in;
			signal y <-- 2 * in;
			signal output sum <== x + y;
			sum === 3 * in;
			${last}
		}`;
		const determined = await testCircuit({ template: "Pair", source: source("x - y === -in;"), optimization: "O0" });
		assertDetermined(determined, await determined.witness({ in: 5n }));
		const free = await testCircuit({
			template: "Pair",
			source: source("2 * x + 2 * y === 6 * in;"),
			optimization: "O0",
		});
		assertDetermined(free, await free.witness({ in: 5n }), ["x", "y"]);
	});

	it("reports signals that occur in no constraint", async () => {
		const circuit = await testCircuit({
			template: "Orphan",
			publicSignals: ["orphan"],
			source: "template Orphan() { signal input a; signal input orphan; signal output b <== a * a; }",
		});
		assert.deepEqual(mutateEach(circuit, await circuit.witness({ a: 3n, orphan: 4n })).unconstrained, ["main.orphan"]);
	});
});
