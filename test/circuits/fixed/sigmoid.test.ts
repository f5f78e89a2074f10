import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { Fr, toField } from "../../../worker/protocol/field.ts";
import { PROBABILITY_ONE, scaledLossGradient, sigmoid } from "../../../worker/protocol/fixedPoint.ts";
import { borrowedWitness } from "../../support/circuits/borrow.ts";
import {
	assertAccepted,
	assertForgedWitness,
	assertFreedom,
	assertInputRefused,
} from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught, mutateEach } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const MAGNITUDE_BITS = 29;
const DROP_BITS = 7;

const logitClip = (magnitudeBits = MAGNITUDE_BITS, dropBits = DROP_BITS) =>
	testCircuit({
		include: "circuits/lib/fixed/LogitClip.circom",
		template: "LogitClip",
		params: [magnitudeBits, dropBits],
		publicSignals: ["in"],
		optimization: "O2",
	});

const sigmoidBce = () =>
	testCircuit({
		include: "circuits/lib/fixed/SigmoidBce.circom",
		template: "SigmoidBce",
		params: [MAGNITUDE_BITS, DROP_BITS],
		publicSignals: ["logit", "label", "learningRate"],
		optimization: "O2",
	});

const bitsOf = (value: bigint, count: number): bigint[] =>
	Array.from({ length: count }, (_, i) => (value >> BigInt(i)) & 1n);

/** All signals of LogitClip for the logit `v`, by the dishonest prover's choice of sign. */
const clipSignals = (v: bigint, negative: bigint) => {
	const magnitude = negative === 1n ? -v : v;
	const shifted = magnitude + 2n ** BigInt(DROP_BITS - 1) - 1n;
	const bits = bitsOf(toField(shifted), MAGNITUDE_BITS);
	const above = bits.slice(DROP_BITS + 13).reduce((sum, bit) => sum + bit, 0n);
	return {
		negative,
		magnitude,
		...Object.fromEntries(bits.slice(1).map((bit, i) => [`bit[${i + 1}]`, bit])),
		fraction: (toField(shifted) >> BigInt(DROP_BITS)) % 512n,
		saturated: above === 0n ? 0n : 1n,
	};
};

describe("LogitClip", () => {
	it("splits a logit into sign, interval and fraction, and saturates at 16", async () => {
		const circuit = await logitClip();
		assert.equal(circuit.constraints.total, MAGNITUDE_BITS + 4);
		const random = createRandom("clip");
		const edges = [0n, 63n, 64n, 65n, 191n, 192n, 193n, 2n ** 20n - 65n, 2n ** 20n - 64n, 2n ** 20n - 63n, 2n ** 28n];
		for (const size of [...edges, ...Array.from({ length: 150 }, () => BigInt(random.below(2 ** 21)))]) {
			for (const logit of [size, -size]) {
				const witness = await assertAccepted(circuit, { in: logit });
				const rounded = (size + 63n) >> 7n;
				assert.equal(circuit.value(witness, "negative"), logit < 0n ? 1n : 0n);
				assert.equal(circuit.value(witness, "fraction"), rounded % 512n);
				assert.equal(circuit.value(witness, "saturated"), rounded >= 8192n ? 1n : 0n);
				const interval = circuit.values(witness, "interval").reduce((sum, bit, i) => sum + (bit << BigInt(i)), 0n);
				assert.equal(interval, (rounded >> 9n) % 16n);
			}
		}
		const largest = 2n ** BigInt(MAGNITUDE_BITS) - 64n;
		for (const logit of [largest, -largest]) await assertAccepted(circuit, { in: logit });
		for (const logit of [largest + 1n, -largest - 1n, 2n ** 60n, 2n ** 253n])
			await assertInputRefused(circuit, { in: logit });
	});

	it("admits the wrong sign only where both signs mean a probability of exactly 1/2", async () => {
		const circuit = await logitClip();
		const changesOf = (v: bigint, negative: bigint) => {
			const known = clipSignals(v, negative);
			return Object.fromEntries(Object.entries(known).filter(([name]) => circuit.symbols.wires.has(`main.${name}`)));
		};
		for (const size of [0n, 1n, 30n, 63n]) {
			for (const v of [size, -size]) {
				const witness = await circuit.witness({ in: v });
				const wrong = 1n - circuit.value(witness, "negative");
				assertFreedom(circuit, witness, changesOf(v, wrong));
				assert.equal(circuit.value(witness, "fraction"), 0n);
			}
		}
		// 64 is where rounding away from 0 would give the honest prover another result than the liar.
		for (const size of [64n, 65n, 127n, 128n, 5000n, 2n ** 21n]) {
			for (const v of [size, -size]) {
				const witness = await circuit.witness({ in: v });
				assertForgedWitness(circuit, witness, changesOf(v, 1n - circuit.value(witness, "negative")));
			}
		}
	});

	it("refuses digits that are no bits, though their sum is the magnitude", async () => {
		const circuit = await logitClip();
		// Magnitude 1088, with the half unit 1151 = 1024 + 127: rounded = 8. As 2 * 512 + 127 it is no bit; the fraction stays.
		const witness = await circuit.witness({ in: 1088n });
		assertForgedWitness(circuit, witness, { "bit[10]": 0n, "bit[9]": 2n });
		// 1151 = 2^7 * 9 - 1: a fraction of 9.
		const lower = Object.fromEntries([1, 2, 3, 4, 5, 6, 8, 9].map((i) => [`bit[${i}]`, 0n]));
		assertForgedWitness(circuit, witness, { ...lower, "bit[1]": -1n, "bit[10]": 1n, "bit[7]": 1n, fraction: 9n });
		// A sign that is no sign would make any magnitude: (1 - 2 * negative) * 1088 = 5000.
		const negative = Fr.div(Fr.sub(1n, Fr.div(5000n, 1088n)), 2n);
		const known = Object.entries({ ...clipSignals(5000n, 0n), negative });
		const changes = known.filter(([name]) => circuit.symbols.wires.has(`main.${name}`));
		assertForgedWitness(circuit, witness, Object.fromEntries(changes));
	});

	it("refuses the decomposition of other logits", async () => {
		const circuit = await logitClip();
		for (const v of [1000n, -1000n, 2n ** 20n, -(2n ** 20n) + 500n]) {
			const honest = await circuit.witness({ in: v });
			for (const other of [v + 2n, v - 2n, v + 128n, -v, v + 65536n, v + 2n ** 21n]) {
				const forged = borrowedWitness(
					circuit,
					honest,
					await circuit.witness({ in: other }),
					(name) => name === "main.in",
				);
				assert.notEqual(circuit.checkConstraints(forged), null, `${v} as ${other}`);
			}
		}
	});

	it("pins down every signal", async () => {
		const circuit = await logitClip();
		assertEveryMutationCaught(circuit, await circuit.witness({ in: 2n ** 21n }));
		// The inverse hint of IsZero is free when nothing is above 16.
		const free = mutateEach(circuit, await circuit.witness({ in: -70000n })).survivors.map(({ signal }) => signal);
		assert.equal(free.length, 1);
		assert.match(free[0] ?? "", /IsZero.*\.inv$/);
	});
});

describe("Sigmoid", () => {
	it("equals the reference at both ends and inside of every interval, for 14 constraints", async () => {
		const circuit = await testCircuit({
			include: "circuits/lib/fixed/Sigmoid.circom",
			template: "Sigmoid",
			optimization: "O2",
		});
		assert.equal(circuit.constraints.total, 14);
		for (let interval = 0n; interval < 16n; interval++) {
			for (const fraction of [0n, 1n, 200n, 511n]) {
				const witness = await assertAccepted(circuit, { interval: bitsOf(interval, 4), fraction });
				assert.equal(circuit.value(witness, "out"), BigInt(sigmoid(Number((interval * 512n + fraction) * 128n))));
			}
		}
		const witness = await circuit.witness({ interval: bitsOf(5n, 4), fraction: 77n });
		assertForgedWitness(circuit, witness, { out: (old) => old + 1n });
		assertForgedWitness(circuit, witness, { out: BigInt(PROBABILITY_ONE) });
	});
});

describe("SigmoidBce", () => {
	const cases = () => {
		const random = createRandom("bce");
		const edges = [0, 63, 64, 65, -63, -64, -65, 2 ** 20, -(2 ** 20), 2 ** 20 - 65, 2 ** 28, -(2 ** 28)];
		const logits = [...edges, ...Array.from({ length: 100 }, () => random.below(2 ** 22) - 2 ** 21)];
		return logits.flatMap((logit) =>
			([0, 1] as const).map((label) => ({ logit, label, rate: [0, 1, 512, 4095][random.below(4)] as number })),
		);
	};

	it("equals the reference", async () => {
		const circuit = await sigmoidBce();
		assert.equal(circuit.constraints.total, MAGNITUDE_BITS + 74);
		for (const { logit, label, rate } of cases()) {
			const input = { logit: BigInt(logit), label: BigInt(label), learningRate: BigInt(rate) };
			const witness = await assertAccepted(circuit, input);
			assert.equal(circuit.value(witness, "gradient"), toField(BigInt(scaledLossGradient(logit, label, rate))));
		}
	});

	it("refuses the gradient of another logit, label or learning rate with all that leads to it", async () => {
		const circuit = await sigmoidBce();
		const stated = (name: string): boolean => ["main.logit", "main.label", "main.learningRate"].includes(name);
		const input = { logit: 40000n, label: 1n, learningRate: 512n };
		const honest = await circuit.witness(input);
		for (const lie of [
			{ logit: 41000n },
			{ logit: -40000n },
			{ label: 0n },
			{ learningRate: 511n },
			{ learningRate: 0n },
		]) {
			const forged = borrowedWitness(circuit, honest, await circuit.witness({ ...input, ...lie }), stated);
			assert.notEqual(circuit.checkConstraints(forged), null, Object.keys(lie).join());
		}
	});

	it("gives one gradient at small logits, whichever sign the prover claims", async () => {
		const circuit = await sigmoidBce();
		const stated = (name: string): boolean => ["main.logit", "main.label", "main.learningRate"].includes(name);
		for (const size of [1n, 63n]) {
			const input = { label: 0n, learningRate: 4095n };
			const honest = await circuit.witness({ ...input, logit: size });
			const mirrored = await circuit.witness({ ...input, logit: -size });
			assert.equal(circuit.value(honest, "gradient"), circuit.value(mirrored, "gradient"));
			// Not one witness for the other, though: the magnitudes differ.
			assert.notEqual(circuit.checkConstraints(borrowedWitness(circuit, honest, mirrored, stated)), null);
		}
	});

	it("pins down every signal", async () => {
		const circuit = await sigmoidBce();
		for (const [logit, label] of [
			[3n * 2n ** 20n, 0n],
			[-3n * 2n ** 20n, 1n],
		] as const) {
			assertEveryMutationCaught(circuit, await circuit.witness({ logit, label, learningRate: 4095n }));
		}
		const { survivors } = mutateEach(circuit, await circuit.witness({ logit: 70000n, label: 0n, learningRate: 512n }));
		assert.ok(
			survivors.every(({ signal }) => /IsZero.*\.inv$/.test(signal)),
			JSON.stringify(survivors.map(({ signal }) => signal)),
		);
	});
});
