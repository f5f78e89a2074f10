import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evaluateBundle } from "../../../worker/core/encryption/evaluateBundle.ts";
import { ENCRYPT_UPDATE_SIGNALS, encryptUpdateSignals } from "../../../worker/protocol/publicSignals.ts";
import { assertAccepted, assertForgedWitness } from "../../support/circuits/forge.ts";
import { assertDetermined } from "../../support/circuits/localUniqueness.ts";
import { assertEveryMutationCaught } from "../../support/circuits/mutateEach.ts";
import { type TestCircuit, testCircuit, type Witness } from "../../support/circuits/testCircuit.ts";
import {
	encryptionCase,
	encryptionCircuitOptions,
	type InstanceSize,
	smallInstance,
} from "../../support/encryptionInstance.ts";
import { rejectsWithCode } from "../../support/rejectsWithCode.ts";

const outputsOf = (circuit: TestCircuit, witness: Witness) => ({
	gamma: circuit.value(witness, "gamma"),
	y: circuit.value(witness, "y"),
	y2: circuit.value(witness, "y2"),
	shareDigest: circuit.value(witness, "shareDigest"),
});

const compiled = async (size: InstanceSize) =>
	testCircuit({ ...(await encryptionCircuitOptions(size)), optimization: "O2" });

describe("EncryptUpdateOver", () => {
	it("outputs what the reference computes from the bundle, for many seeds", async () => {
		const circuit = await compiled(smallInstance);
		for (let seed = 0; seed < 8; seed++) {
			const { input, outputs, proven } = encryptionCase(smallInstance, `seed ${seed}`);
			const witness = await assertAccepted(circuit, input);
			assert.deepEqual(outputsOf(circuit, witness), outputs);
			const { context, bundleDigest, weightsCommitment, committeeKeysDigest, baseCommitment } = input;
			const publics = { context, bundleDigest, weightsCommitment, committeeKeysDigest, baseCommitment };
			const sampleCount = BigInt(proven.sampleCount);
			// The witness starts with the public signals in the protocol's order.
			const signals = encryptUpdateSignals({ ...outputs, ...publics, sampleCount });
			assert.deepEqual(witness.slice(1, 1 + signals.length), signals);
		}
	});

	it("outputs it for as many weights as coefficients", async () => {
		const size = { ...smallInstance, weightCount: 16 };
		const circuit = await compiled(size);
		const { input, outputs } = encryptionCase(size, "all coefficients");
		assert.deepEqual(outputsOf(circuit, await assertAccepted(circuit, input)), outputs);
	});

	it("has no instance in which no polynomial hides the key, or more are needed than there are", async () => {
		for (const threshold of [1, 4]) {
			await rejectsWithCode(compiled({ ...smallInstance, threshold }), "CIRCUIT_COMPILE");
		}
		await rejectsWithCode(compiled({ ...smallInstance, weightCount: 17 }), "CIRCUIT_COMPILE");
	});

	it("leaves no signal free", async () => {
		const { input } = encryptionCase(smallInstance, "mutations");
		const circuit = await testCircuit(await encryptionCircuitOptions(smallInstance));
		const witness = await circuit.witness(input);
		assertEveryMutationCaught(circuit, witness);
		assertDetermined(circuit, witness);
	});

	it("draws another challenge for every other statement and every other secret", async () => {
		const circuit = await compiled(smallInstance);
		const { input, outputs } = encryptionCase(smallInstance, "challenge");
		const witness = await circuit.witness(input);
		const gammas = new Set([outputs.gamma]);
		const [first, ...rest] = input.shareCoefficients as [bigint[], ...bigint[][]];
		const variants = [
			{ context: input.context + 1n },
			{ bundleDigest: input.bundleDigest + 1n },
			{ sampleCount: input.sampleCount + 1n },
			{ s: input.s.with(0, (input.s[0] as bigint) + 1n) },
			{ e: input.e.with(4, (input.e[4] as bigint) + 1n) },
			{ r: input.r.with(3, (input.r[3] as bigint) + 1n) },
			{ shareCoefficients: [first.with(0, 1n), ...rest] },
			{ rho: input.rho ^ 1n },
		];
		for (const variant of variants) {
			const other = await assertAccepted(circuit, { ...input, ...variant });
			gammas.add(circuit.value(other, "gamma"));
		}
		assert.equal(gammas.size, 1 + variants.length);
		// A proof for one statement is none for another.
		for (const name of ENCRYPT_UPDATE_SIGNALS.slice(ENCRYPT_UPDATE_SIGNALS.indexOf("context"))) {
			assertForgedWitness(circuit, witness, { [name]: (old) => old + 1n });
		}
	});

	it("does not fit a bundle in which anything differs", async () => {
		const { public: bundle, outputs } = encryptionCase(smallInstance, "bundle");
		const { ciphertext, encryptedShares, ephemeralKey, shareCommitments } = bundle;
		const { gamma, y, y2 } = outputs;
		assert.deepEqual(evaluateBundle(bundle, gamma), { y, y2 });
		ciphertext.forEach((coefficient, index) => {
			const other = { ...bundle, ciphertext: ciphertext.with(index, coefficient ^ 1n) };
			assert.notEqual(evaluateBundle(other, gamma).y, y);
		});
		assert.notEqual(evaluateBundle({ ...bundle, ciphertext: ciphertext.toReversed() }, gamma).y, y);
		encryptedShares.forEach((shares, member) => {
			shares.forEach((share, k) => {
				const changed = encryptedShares.with(member, shares.with(k, share ^ 1n));
				assert.notEqual(evaluateBundle({ ...bundle, encryptedShares: changed }, gamma).y2, y2);
			});
		});
		assert.notEqual(evaluateBundle({ ...bundle, encryptedShares: encryptedShares.toReversed() }, gamma).y2, y2);
		shareCommitments.forEach((commitment, member) => {
			const changed = shareCommitments.with(member, commitment ^ 1n);
			assert.notEqual(evaluateBundle({ ...bundle, shareCommitments: changed }, gamma).y2, y2);
		});
		assert.notEqual(evaluateBundle({ ...bundle, shareCommitments: shareCommitments.toReversed() }, gamma).y2, y2);
		const { x, y: vertical } = ephemeralKey;
		assert.notEqual(evaluateBundle({ ...bundle, ephemeralKey: { x: -x, y: vertical } }, gamma).y2, y2);
		assert.notEqual(evaluateBundle({ ...bundle, ephemeralKey: { x: vertical, y: x } }, gamma).y2, y2);
	});
});
