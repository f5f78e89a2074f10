import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { integerNegacyclicProduct } from "../../../worker/core/ring/product.ts";
import { centredPublicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import { evaluatePolynomial, FIELD_ORDER, Fr, toField } from "../../../worker/protocol/field.ts";
import { packOffset } from "../../../worker/protocol/packing.ts";
import { standardProfile } from "../../../worker/protocol/profiles.ts";
import { assertAccepted } from "../../support/circuits/forge.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { testCircuit } from "../../support/circuits/testCircuit.ts";
import { randomRing } from "../../support/randomRing.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const gadget = (template: string, params: Parameters<typeof testCircuit>[0]["params"] & object) =>
	testCircuit({ include: `circuits/lib/poly/${template}.circom`, template, params });

describe("polynomial gadgets", () => {
	it("Horner gives every suffix", async () => {
		const random = randomRing("horner");
		const circuit = await gadget("Horner", [5]);
		const coefficients = Array.from({ length: 5 }, () => random.element());
		for (const point of [0n, 1n, FIELD_ORDER - 1n, random.element()]) {
			const witness = await assertAccepted(circuit, { point, coefficients });
			assert.deepEqual(
				circuit.values(witness, "suffix"),
				coefficients.map((_, index) => evaluatePolynomial(coefficients.slice(index), point)),
			);
		}
		assertEveryMutationCaught(circuit, await circuit.witness({ point: random.element(), coefficients }));
		assert.equal(circuit.constraints.total, 4);
	});

	it("Power equals exponentiation for every shape of exponent", async () => {
		for (const exponent of [1, 2, 3, 6, 11, 16]) {
			const circuit = await gadget("Power", [exponent]);
			const witness = await assertAccepted(circuit, { base: 3n ** 100n });
			assert.equal(circuit.value(witness, "out"), Fr.pow(3n ** 100n, BigInt(exponent)));
			if (exponent > 1) assertEveryMutationCaught(circuit, witness);
		}
	});

	it("ConstantPolynomial equals Horner's rule for every fill of its last block", async () => {
		const random = randomRing("constant polynomial");
		for (const count of [1, 2, 5, 9, 10, 16]) {
			const polynomial = Array.from({ length: 16 }, () => BigInt(random.within(-1000, 1000)));
			const circuit = await gadget("ConstantPolynomial", [count, polynomial]);
			const point = random.element();
			const witness = await assertAccepted(circuit, { point });
			assert.equal(circuit.value(witness, "value"), evaluatePolynomial(polynomial.slice(0, count).map(toField), point));
			if (count > 2) assertEveryMutationCaught(circuit, witness);
		}
	});

	it("PackCoefficients equals the reference, over the end of an element", async () => {
		const bits = 100;
		const random = randomRing("pack");
		const circuit = await testCircuit({
			include: ["circuits/lib/poly/SmallCoefficients.circom", "circuits/lib/poly/PackCoefficients.circom"],
			template: "CheckedPacking",
			source: `template CheckedPacking() {
				signal input in[5];
				signal {signedBits} checked[5] <== SmallCoefficients(5, ${bits})(in);
				signal output out[3] <== PackCoefficients(5, ${bits})(checked);
			}`,
		});
		const values = [-(2n ** 99n), 2n ** 99n - 1n, 0n, -1n, random.belowBig(2n ** 99n)];
		const witness = await assertAccepted(circuit, { in: values });
		assert.deepEqual(
			circuit.values(witness, "out"),
			packOffset(values, { bits, offset: 2 ** (bits - 1), perElement: 2 }),
		);
	});

	it("PackCoefficients takes no vector whose range nobody checked", async () => {
		await rejectsWithCode(
			testCircuit({
				include: "circuits/lib/poly/PackCoefficients.circom",
				template: "Unchecked",
				source: `template Unchecked() {
					signal input in[2];
					signal output out[1] <== PackCoefficients(2, 7)(in);
				}`,
			}),
			"CIRCUIT_COMPILE",
		);
	});

	it("NegacyclicProduct equals the ring's product, whole or cut off", async () => {
		const random = randomRing("negacyclic product");
		const degree = 16;
		const polynomial = centredPublicPolynomial({ ...standardProfile, ringDegree: degree });
		for (const published of [1, 5, 15, 16]) {
			const circuit = await gadget("NegacyclicProduct", [degree, published, polynomial]);
			for (let round = 0; round < 3; round++) {
				const s = Array.from({ length: degree }, () => random.within(-64, 63));
				const point = random.element();
				const witness = await assertAccepted(circuit, { point, s: s.map(BigInt) });
				const product = integerNegacyclicProduct(polynomial, s).slice(0, published);
				assert.equal(circuit.value(witness, "value"), evaluatePolynomial(product.map(toField), point));
				if (published > 2) assertEveryMutationCaught(circuit, witness);
			}
		}
	});
});
