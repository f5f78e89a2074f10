import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom } from "../../../worker/core/dataset/random.ts";
import { toField } from "../../../worker/protocol/field.ts";
import { dishonestProver } from "../../support/circuits/dishonestProver.ts";
import { assertAccepted, assertInputRefused } from "../../support/circuits/forge.ts";
import { mutateEach } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";

const optionsOf = (gradientBits: number) => ({
	include: "circuits/training/MomentumUpdate.circom",
	template: "MomentumUpdate",
	params: [gradientBits],
	publicSignals: ["weight", "carried", "gradient"],
});

const round = (value: bigint, bits: bigint): bigint => (value + (1n << (bits - 1n))) >> bits;

const step = (gradientBits: bigint, weight: bigint, carried: bigint, gradient: bigint) => {
	const bits = gradientBits > 28n ? gradientBits : 28n;
	const velocity = round((carried << (bits - 28n)) + (gradient << (bits - gradientBits)), bits - 20n);
	const updated = weight + round(-velocity, 4n);
	return { velocity, weight: updated, compute: round(updated, 8n) };
};

describe("MomentumUpdate", () => {
	// Below and above the scale of momentum times velocity, 2^28.
	for (const gradientBits of [24, 28, 34]) {
		it(`equals the definition, and refuses what leaves its range: gradients of scale 2^${gradientBits}`, async () => {
			const circuit = await testCircuit({ ...optionsOf(gradientBits), optimization: "O2" });
			assert.equal(circuit.constraints.total, Math.max(gradientBits, 28) + 28);
			const random = createRandom(`momentum${gradientBits}`);
			const signed = (bits: number): bigint =>
				BigInt(Math.floor((random.below(2 ** 32) * 2 ** bits) / 2 ** 32)) - 2n ** BigInt(bits - 1);
			let refused = 0;
			for (let i = 0; i < 60; i++) {
				// Every third with a velocity near the end of its range.
				const [weight, carried, gradient] = [signed(20), signed(i % 3 === 0 ? 33 : 30), signed(gradientBits)];
				const expected = step(BigInt(gradientBits), weight, carried, gradient);
				const fits = (value: bigint, bits: bigint) => value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n);
				if (!fits(expected.velocity, 24n) || !fits(expected.weight, 20n)) {
					refused++;
					await assertInputRefused(circuit, { weight, carried, gradient });
					continue;
				}
				const witness = await assertAccepted(circuit, { weight, carried, gradient });
				assert.equal(circuit.value(witness, "newVelocity"), toField(expected.velocity));
				assert.equal(circuit.value(witness, "newWeight"), toField(expected.weight));
				assert.equal(circuit.value(witness, "newCompute"), toField(expected.compute));
				if (i >= 6) continue;
				// The inputs are the caller's: the bit that rounding drops first may change.
				const free = mutateEach(circuit, witness).survivors.map(({ signal }) => signal);
				assert.deepEqual(
					free.filter((signal) => !/^main\.(carried|gradient|weight)$/.test(signal)),
					[],
				);
			}
			assert.ok(refused > 0 && refused < 40, `${refused}`);
		});
	}

	for (const change of ["+ 1", "- 1"]) {
		it(`refuses a velocity ${change}, with the weight that follows from it`, async () => {
			const liar = await dishonestProver(optionsOf(28), {
				"circuits/lib/fixed/Rescale.circom": [["- (1 << (highBits - 1));", `- (1 << (highBits - 1)) ${change};`]],
			});
			const witness = await liar.witness({ weight: 1000n, carried: 123456789n, gradient: -987654n });
			// Only the remainder's range is in the way.
			assert.equal(liar.violations(witness).length, 1);
		});
	}
});
