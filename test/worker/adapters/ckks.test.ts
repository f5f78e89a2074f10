import assert from "node:assert/strict";
import { after, test } from "node:test";
import initialize from "node-seal";
import { createCkks } from "../../../worker/adapters/ckks.ts";
import { aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { forwardNtt, nttPlan } from "../../../worker/core/ring/ntt.ts";
import { publicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";
import { syntheticRound } from "../../support/syntheticRound.ts";

const { ringDegree, modulus } = profile;
const ckks = await createCkks(profile);
after(() => ckks.close());
const plain = plainSumAndDecrypt(profile);

test("SEAL and plain modular arithmetic agree on random ciphertexts and keys of 1, 3, 8 and 64 hospitals", () => {
	for (const hospitals of [1, 3, 8, 64]) {
		const random = randomRing(`hospitals ${hospitals}`);
		const ciphertexts = Array.from({ length: hospitals }, () => random.polynomial(ringDegree, modulus));
		const a = random.polynomial(ringDegree, modulus);
		const secretSum = Array.from({ length: ringDegree }, () => random.within(-64 * hospitals, 63 * hospitals));
		assert.deepEqual(ckks.sumAndDecrypt(ciphertexts, a, secretSum), plain(ciphertexts, a, secretSum));
	}
});

test("truncated ciphertexts decrypt to the first coefficients of the whole ones, by SEAL and in plain arithmetic", () => {
	const random = randomRing("truncated");
	const ciphertexts = Array.from({ length: 3 }, () => random.polynomial(ringDegree, modulus));
	const a = random.polynomial(ringDegree, modulus);
	const secretSum = Array.from({ length: ringDegree }, () => random.within(-192, 189));
	const whole = plain(ciphertexts, a, secretSum);
	for (const published of [1, 57, ringDegree - 1]) {
		const truncated = ciphertexts.map((ciphertext) => ciphertext.slice(0, published));
		for (const decrypt of [plain, ckks.sumAndDecrypt]) {
			assert.deepEqual(decrypt(truncated, a, secretSum), whole.slice(0, published));
		}
	}
});

test("SEAL's decryption at the edges of [0, q), and of transparent ciphertexts", () => {
	const a = publicPolynomial(profile);
	for (const edge of [0n, 1n, modulus / 2n, modulus / 2n + 1n, modulus - 1n]) {
		const ciphertexts = [new Array<bigint>(ringDegree).fill(edge), new Array<bigint>(ringDegree).fill(edge)];
		for (const secret of [0, -64, 63]) {
			const secretSum = new Array<number>(ringDegree).fill(secret);
			assert.deepEqual(ckks.sumAndDecrypt(ciphertexts, a, secretSum), plain(ciphertexts, a, secretSum));
		}
	}
});

test("a round aggregated by SEAL has the same result as in plain arithmetic, and the exact sums", () => {
	const round = syntheticRound({ seed: "by SEAL", sampleCounts: [40, 80, 120, 8, 8, 8, 16, 104] });
	const bySeal = aggregateRound({ profile, ...round, decrypt: ckks.sumAndDecrypt });
	assert.deepEqual(bySeal, aggregateRound({ profile, ...round, decrypt: plain }));
	assert.deepEqual(bySeal.sums, round.sums);
});

test("coefficients out of range and vectors of another length never reach SEAL", () => {
	const zero = new Array<bigint>(ringDegree).fill(0n);
	const a = publicPolynomial(profile);
	const key = new Array<number>(ringDegree).fill(1);
	for (const [ciphertexts, polynomial, secretSum] of [
		[[zero.with(7, modulus)], a, key],
		[[zero, zero.with(7, -1n)], a, key],
		[[zero, zero.slice(1)], a, key],
		[[[...zero, 0n]], a, key],
		[[[]], a, key],
		[[zero], a.slice(1), key],
		[[zero], a, key.slice(1)],
		[[], a, key],
	] as const) {
		assert.throws(() => ckks.sumAndDecrypt(ciphertexts, polynomial, secretSum), RangeError);
		if (!ciphertexts.flat().some((value) => value < 0n || value >= modulus)) {
			assert.throws(() => plain(ciphertexts, polynomial, secretSum), RangeError);
		}
	}
	// The handle survives.
	assert.deepEqual(ckks.sumAndDecrypt([zero], a, key), plain([zero], a, key));
});

test("parameters below 128-bit security or without a transform are refused when SEAL is loaded", async () => {
	await rejectsWithCode(createCkks({ ...profile, ringDegree: 1024 }), "CKKS_FAILED");
	await rejectsWithCode(createCkks({ ...profile, modulus: modulus + 2n }), "CKKS_FAILED");
	await rejectsWithCode(createCkks({ ...profile, modulus: 1n << 61n }), "CKKS_FAILED");
});

test("a closed handle fails with a coded error", async () => {
	const closed = await createCkks(profile);
	closed.close();
	closed.close();
	await rejectsWithCode(
		(async () => {
			const zero = new Array<bigint>(ringDegree).fill(0n);
			return closed.sumAndDecrypt([zero], publicPolynomial(profile), new Array<number>(ringDegree).fill(1));
		})(),
		"CKKS_FAILED",
	);
});

test("our transform is SEAL's, value by value", async () => {
	const seal = await initialize();
	const parameters = new seal.EncryptionParameters(seal.SchemeType.ckks);
	parameters.setPolyModulusDegree(ringDegree);
	const moduli = new seal.VectorModulus();
	moduli.push_back(new seal.Modulus(modulus));
	parameters.setCoeffModulus(moduli);
	const context = new seal.SEALContext(parameters, true, seal.SecLevelType.tc128);
	const ciphertext = new seal.Ciphertext(context, context.firstParmsId(), 2);
	ciphertext.resize(2);
	ciphertext.setScale(1);
	const bytes: Uint8Array = ciphertext.saveToArray(seal.ComprModeType.none);
	const polynomials = [0, 1].map((index) => randomRing(`transform ${index}`).polynomial(ringDegree, modulus));
	bytes.set(new Uint8Array(new BigUint64Array(polynomials.flat()).buffer), bytes.length - 2 * 8 * ringDegree);
	ciphertext.loadFromArray(context, bytes);
	const evaluator = new seal.Evaluator(context);
	evaluator.cipherTransformToNttInplace(ciphertext);
	const saved: Uint8Array = ciphertext.saveToArray(seal.ComprModeType.none);
	const words = new BigUint64Array(Uint8Array.from(saved.slice(-2 * 8 * ringDegree)).buffer);
	const plan = nttPlan(ringDegree, modulus);
	assert.deepEqual(
		[...words],
		polynomials.flatMap((polynomial) => forwardNtt(polynomial, plan)),
	);
});
