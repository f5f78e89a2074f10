import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exponentialCoefficients } from "../../../scripts/profiles/exponentialCoefficients.ts";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { fixedPoint } from "../../../worker/protocol/profiles.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import { dishonestProver } from "../../support/circuits/dishonestProver.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught, mutateEach } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const MAGNITUDE_BITS = 26;
const DROP_BITS = 7;
const CLASSES = 3;
const ONE = 2n ** 40n;

const EXPONENTIAL = {
	include: "circuits/lib/fixed/Exponential.circom",
	template: "Exponential",
	params: [MAGNITUDE_BITS, DROP_BITS],
	publicSignals: ["in"],
};
const exponential = () => testCircuit({ ...EXPONENTIAL, optimization: "O2" });

const SOFTMAX = {
	include: "circuits/lib/fixed/SoftmaxCrossEntropy.circom",
	template: "SoftmaxCrossEntropy",
	params: [CLASSES, MAGNITUDE_BITS, DROP_BITS],
	publicSignals: ["logits", "target", "learningRate"],
};
const softmax = () => testCircuit({ ...SOFTMAX, optimization: "O2" });

/** From the text of docs/PROTOCOL.md section 6. */
const plainExponential = (d: bigint): bigint => {
	const u = (d + 63n) >> 7n;
	const row = fixedPoint.exponentialCoefficients[Number(u >> 9n)]?.map(BigInt);
	return row === undefined ? 0n : row.reduceRight((sum, coefficient) => sum * (u % 512n) + coefficient, 0n);
};

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

const plainGradients = (logits: readonly bigint[], label: number, rate: bigint): readonly bigint[] => {
	const most = logits.reduce((a, b) => (a > b ? a : b));
	const e = logits.map((logit) => plainExponential(most - logit));
	const total = e.reduce((a, b) => a + b, 0n);
	return e.map((each, k) => floorDivide(128n * rate * (each - (k === label ? total : 0n)) + total, 2n * total));
};

const inputOf = (logits: readonly bigint[], label: number, rate: bigint) => ({
	logits: [...logits],
	target: logits.map((_, k) => (k === label ? 1n : 0n)),
	learningRate: rate,
});

describe("exponentialCoefficients", () => {
	it("are those that the program finds: 1 at 0, falling, never negative, within 2^-11", () => {
		assert.deepEqual(fixedPoint.exponentialCoefficients, exponentialCoefficients());
		let last = ONE;
		for (let u = 0; u < 16 * 512; u++) {
			const value = plainExponential(BigInt(u) * 128n);
			assert.ok(value <= last && value >= 0n, `at ${u}`);
			assert.ok(Math.abs(Number(value) / 2 ** 40 - Math.exp(-u / 512)) < 2 ** -11, `at ${u}`);
			last = value;
		}
		assert.equal(plainExponential(0n), ONE);
	});
});

describe("Exponential", () => {
	it("equals the definition, 0 from 16 on", async () => {
		const circuit = await exponential();
		assert.equal(circuit.constraints.total, MAGNITUDE_BITS + 19);
		const random = createRandom("exponential");
		const edges = [0n, 1n, 63n, 64n, 65n, 192n, 193n, 2n ** 20n - 64n, 2n ** 20n - 63n, 2n ** 25n, 2n ** 26n - 64n];
		for (const d of [...edges, ...Array.from({ length: 100 }, () => BigInt(random.below(2 ** 21)))]) {
			const witness = await assertAccepted(circuit, { in: d });
			assert.equal(circuit.value(witness, "out"), plainExponential(d), `${d}`);
		}
		for (const d of [2n ** 26n - 63n, 2n ** 60n]) await assertInputRefused(circuit, { in: d });
	});

	it("refuses negative numbers, also those that round to 0", async () => {
		const circuit = await exponential();
		const liar = await dishonestProver(EXPONENTIAL);
		for (const d of [-1n, -2n, -32n, -62n, -63n, -64n, -1000n, -(2n ** 30n)]) {
			await assertInputRefused(circuit, { in: d });
			// Whatever hint the prover gives: nothing times a sum of 0 is a number other than 0.
			assert.ok(liar.violations(await liar.witness({ in: d })).length > 0, `${d}`);
		}
	});

	it("pins down every signal but the hints about zeros", async () => {
		const circuit = await exponential();
		// Above 16, both sums have an inverse.
		assertEveryMutationCaught(circuit, await circuit.witness({ in: 2n ** 21n }));
		for (const d of [0n, 30n, 70000n]) {
			const { survivors } = mutateEach(circuit, await circuit.witness({ in: d }));
			assert.deepEqual(
				survivors.map(({ signal }) => signal).filter((name) => !/\.(inv|quotient)$/.test(name)),
				[],
			);
		}
	});

	it("refuses the decomposition of other numbers", async () => {
		const circuit = await exponential();
		for (const d of [0n, 50n, 70000n, 2n ** 21n]) {
			const honest = await circuit.witness({ in: d });
			for (const other of [d + 1n, d + 64n, d + 2n ** 16n, d + 2n ** 22n]) {
				const forged = borrowedWitness(
					circuit,
					honest,
					await circuit.witness({ in: other }),
					(name) => name === "main.in",
				);
				assert.notEqual(circuit.checkConstraints(forged), null, `${d} as ${other}`);
			}
		}
	});
});

describe("SoftmaxCrossEntropy", () => {
	const cases = (count: number) => {
		const random = createRandom(`softmax${count}`);
		return Array.from({ length: count }, (_, i) => ({
			logits: Array.from({ length: CLASSES }, () => BigInt(random.below(2 ** (8 + (i % 15))) - 2 ** (7 + (i % 15)))),
			label: random.below(CLASSES),
			rate: [0n, 1n, 512n, 4095n][random.below(4)] as bigint,
		}));
	};

	it("equals the definition, and its count is the header's", async () => {
		const circuit = await softmax();
		assert.equal(circuit.constraints.total, CLASSES * (MAGNITUDE_BITS + 124 + 2 * 2) - 1);
		const ties = { logits: [5n, 5n, -7n], label: 1, rate: 4095n };
		const far = { logits: [-(2n ** 24n), 2n ** 24n, 0n], label: 0, rate: 4095n };
		for (const { logits, label, rate } of [ties, far, ...cases(80)]) {
			const witness = await assertAccepted(circuit, inputOf(logits, label, rate));
			assert.deepEqual(circuit.values(witness, "gradient"), plainGradients(logits, label, rate).map(toField));
		}
	});

	for (const [lie, hint] of [
		["a smaller logit", "logits[1]"],
		["one less than the largest", "most - 1"],
		["one more than the largest", "most + 1"],
		["half a unit below the largest", "most - 63"],
	] as const) {
		it(`refuses ${lie} as the maximum, and all that follows from it`, async () => {
			const liar = await dishonestProver(SOFTMAX, {
				"circuits/lib/fixed/SoftmaxCrossEntropy.circom": [["maximum <-- most", `maximum <-- ${hint}`]],
			});
			const witness = await liar.witness(inputOf([900n, 300n, -5000n], 0, 512n));
			assert.ok(liar.violations(witness).length > 0);
		});
	}

	it("refuses a maximum that is another logit within half a unit of the largest", async () => {
		const liar = await dishonestProver(SOFTMAX, {
			"circuits/lib/fixed/SoftmaxCrossEntropy.circom": [["maximum <-- most", "maximum <-- logits[1]"]],
		});
		for (const near of [1n, 2n, 62n, 63n]) {
			assert.ok(
				liar.violations(await liar.witness(inputOf([900n, 900n - near, -5000n], 0, 512n))).length > 0,
				`${near}`,
			);
		}
		assert.deepEqual(liar.violations(await liar.witness(inputOf([900n, 900n, -5000n], 0, 512n))), []);
	});

	for (const [lie, change] of [
		["one more, with a negative remainder", "+ 1"],
		["one less, with a remainder past the divisor", "- 1"],
	] as const) {
		it(`refuses a gradient of ${lie}`, async () => {
			const liar = await dishonestProver(SOFTMAX, {
				"circuits/lib/fixed/SoftmaxCrossEntropy.circom": [
					["- (1 << (gradientBits - 1));", `- (1 << (gradientBits - 1)) ${change};`],
				],
			});
			for (const { logits, label } of cases(10)) {
				const witness = await liar.witness(inputOf(logits, label, 512n));
				// A range check of the remainder for each class, at times both of them.
				assert.ok(liar.violations(witness).length >= CLASSES);
			}
		});
	}

	it("refuses the gradients of other logits, targets or learning rates", async () => {
		const circuit = await softmax();
		const stated = (name: string): boolean => /^main\.(logits|target|learningRate)/.test(name);
		const honest = await circuit.witness(inputOf([70000n, 12345n, -99999n], 1, 512n));
		for (const lie of [
			inputOf([70000n, 12600n, -99999n], 1, 512n),
			inputOf([12345n, 70000n, -99999n], 1, 512n),
			inputOf([70000n, 12345n, -99999n], 0, 512n),
			inputOf([70000n, 12345n, -99999n], 1, 511n),
			inputOf([70000n, 12345n, -99999n], 1, 0n),
		]) {
			const forged = borrowedWitness(circuit, honest, await circuit.witness(lie), stated);
			assert.notEqual(circuit.checkConstraints(forged), null);
		}
		const shifted = await circuit.witness(inputOf([70001n, 12346n, -99998n], 1, 512n));
		// All logits one more: the same gradients, but no witness for the other.
		assert.deepEqual(circuit.values(shifted, "gradient"), circuit.values(honest, "gradient"));
		assertForgedWitness(circuit, honest, { "gradient[0]": (old) => old + 1n });
	});

	it("pins down every signal but the hints about zeros", async () => {
		const circuit = await softmax();
		const { survivors, unconstrained } = mutateEach(
			circuit,
			await circuit.witness(inputOf([9n, 70000n, -99999n], 1, 512n)),
		);
		const free = [...survivors.map(({ signal }) => signal), ...unconstrained];
		assert.deepEqual(
			free.filter((name) => !/\.(inv|quotient)$/.test(name)),
			[],
		);
	});
});
