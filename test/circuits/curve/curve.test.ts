import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ephemeralScalar } from "../../../worker/core/encryption/pads.ts";
import {
	BASE_POINT,
	type CurvePoint,
	multiplyPoint,
	publicKeyOf,
	SUBGROUP_ORDER,
} from "../../../worker/protocol/babyJubJub.ts";
import { assertAccepted, assertForgedWitness, assertInputRefused } from "../../support/circuits/forge.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { type TestCircuit, testCircuit, type Witness } from "../../support/circuits/testCircuit.ts";
import { randomRing } from "../../support/randomRing.ts";

/** rho of 249 bits in, the multiple of the point out. */
const withScalar = (template: string, multiplication: string) =>
	testCircuit({
		include: ["EphemeralScalar", "FixedBase", "VariableBase"].map((name) => `circuits/lib/curve/${name}.circom`),
		template,
		source: `template ${template}() {
			signal input rho;
			signal input point[2];
			signal {binary} bit[249] <== EphemeralScalar()(rho);
			signal output out[2] <== ${multiplication};
		}`,
	});
const variableBase = () => withScalar("ScaledPoint", "VariableBase(249)(bit, point)");
const fixedBase = () => withScalar("ScaledBase", "FixedBase(83)(bit)");

/** The same over a few bits, given one by one. */
const fewBits = (template: string, bits: number, multiplication: string) =>
	testCircuit({
		include: ["FixedBase", "VariableBase"].map((name) => `circuits/lib/curve/${name}.circom`),
		template,
		source: `template ${template}() {
			signal input rho[${bits}];
			signal input point[2];
			signal {binary} bit[${bits}];
			for (var i = 0; i < ${bits}; i++) {
				bit[i] <== rho[i];
				bit[i] * (bit[i] - 1) === 0;
			}
			signal output out[2] <== ${multiplication};
		}`,
	});

const pointOf = (circuit: TestCircuit, witness: Witness): CurvePoint => {
	const [x, y] = circuit.values(witness, "out") as readonly [bigint, bigint];
	return { x, y };
};

const TOP = 2n ** 249n - 1n;
/** What a dishonest hospital would try: ends, long runs, alternations, and the rho whose kappa is nearest to l, l / 2 and 2 l / 3. */
const adversarial: readonly bigint[] = [
	0n,
	1n,
	2n,
	TOP,
	TOP - 1n,
	2n ** 248n,
	2n ** 248n - 1n,
	TOP / 3n,
	(TOP / 3n) * 2n,
	...[SUBGROUP_ORDER, (SUBGROUP_ORDER * 2n) / 3n].map((kappa) => {
		const rho = (kappa - 2n ** 249n - 1n) / 2n;
		return rho > TOP ? TOP : rho;
	}),
];

describe("scalar multiplication", () => {
	it("VariableBase equals the library for every adversarial scalar and key", async () => {
		const circuit = await variableBase();
		const random = randomRing("variable base");
		const secrets = [1n, 2n, 3n, SUBGROUP_ORDER - 1n, SUBGROUP_ORDER - 2n, (SUBGROUP_ORDER + 1n) / 2n];
		const scalars = [...adversarial, random.belowBig(TOP), random.belowBig(TOP)];
		for (const [index, rho] of scalars.entries()) {
			const key = publicKeyOf(secrets[index] ?? 1n + random.belowBig(SUBGROUP_ORDER - 1n));
			const witness = await assertAccepted(circuit, { rho, point: [key.x, key.y] });
			assert.deepEqual(pointOf(circuit, witness), multiplyPoint(key, ephemeralScalar(rho)));
		}
		assert.equal(circuit.constraints.nonLinear, 249 + 6 * 249 + 8);
	});

	it("FixedBase equals the library for every adversarial scalar", async () => {
		const circuit = await fixedBase();
		const random = randomRing("fixed base");
		for (const rho of [...adversarial, random.belowBig(TOP), random.belowBig(TOP)]) {
			const witness = await assertAccepted(circuit, { rho, point: [0n, 0n] });
			assert.deepEqual(pointOf(circuit, witness), publicKeyOf(ephemeralScalar(rho)));
		}
		assert.equal(circuit.constraints.nonLinear, 249 + 6 * 83 - 1);
	});

	it("both equal the library for ALL scalars of six bits", async () => {
		const variable = await fewBits("FewVariable", 6, "VariableBase(6)(bit, point)");
		const fixed = await fewBits("FewFixed", 6, "FixedBase(2)(bit)");
		for (let scalar = 0; scalar < 64; scalar++) {
			const rho = Array.from({ length: 6 }, (_, bit) => BigInt((scalar >> bit) & 1));
			const expected = publicKeyOf(BigInt(2 ** 6 + 1 + 2 * scalar));
			for (const circuit of [variable, fixed]) {
				const witness = await assertAccepted(circuit, { rho, point: [BASE_POINT.x, BASE_POINT.y] });
				assert.deepEqual(pointOf(circuit, witness), expected);
			}
		}
	});

	it("no scalar leaves a slope or a coordinate free", async () => {
		const variable = await variableBase();
		const fixed = await fixedBase();
		const key = publicKeyOf(SUBGROUP_ORDER - 1n);
		for (const rho of adversarial) {
			const input = { rho, point: [key.x, key.y] };
			for (const circuit of [variable, fixed]) {
				const witness = await circuit.witness(input);
				assertEveryMutationCaught(circuit, witness);
				assertDetermined(circuit, witness);
			}
		}
	});

	it("EphemeralScalar takes 249 bits and no other decomposition", async () => {
		const circuit = await testCircuit({
			include: "circuits/lib/curve/EphemeralScalar.circom",
			template: "EphemeralScalar",
			optimization: "O0",
		});
		for (const rho of [TOP + 1n, SUBGROUP_ORDER, -1n]) await assertInputRefused(circuit, { rho });
		const witness = await assertAccepted(circuit, { rho: TOP });
		const zeros = Array.from({ length: 249 }, () => 0n);
		// 2^249 as a digit 2 on top, or as -1 + ... : only booleans would do.
		assertForgedWitness(circuit, witness, { rho: TOP + 1n, bit: [...zeros.slice(1), 2n] });
		assertForgedWitness(circuit, witness, { rho: -1n, bit: [-1n, ...zeros.slice(1)] });
		assertForgedWitness(circuit, witness, { bit: [...zeros.slice(1), 2n].with(0, -1n) });
	});
});
