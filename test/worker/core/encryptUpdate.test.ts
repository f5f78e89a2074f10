import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EncryptUpdate, encryptUpdate } from "../../../worker/core/encryption/encryptUpdate.ts";
import { evaluateBundle } from "../../../worker/core/encryption/evaluateBundle.ts";
import { openShares } from "../../../worker/core/encryption/openShares.ts";
import { ephemeralScalar } from "../../../worker/core/encryption/pads.ts";
import { shareCommitment, shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { packKey } from "../../../worker/core/encryption/shares.ts";
import { integerNegacyclicProduct } from "../../../worker/core/ring/product.ts";
import { publicPolynomial } from "../../../worker/core/ring/publicPolynomial.ts";
import { isInPrimeSubgroup, publicKeyOf, SUBGROUP_ORDER } from "../../../worker/protocol/babyJubJub.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { encryptionCase, smallInstance } from "../../support/encryptionInstance.ts";
import { randomRing } from "../../support/randomRing.ts";
import { seededRandomness } from "../../support/seededRandomness.ts";

const memberSecrets = [3n, 5n ** 90n, SUBGROUP_ORDER - 7n];
const some = randomRing("weights");
const usual: EncryptUpdate = {
	profile,
	weights: Array.from({ length: 57 }, () => some.within(-(2 ** 19), 2 ** 19 - 1)),
	sampleCount: 152,
	committeeKeys: memberSecrets.map(publicKeyOf),
	threshold: 2,
	context: 77n,
	randomness: seededRandomness("usual"),
};

/** c + a s mod q, centred, on the coefficients that c has. */
const decrypted = (ciphertext: readonly bigint[], secret: readonly number[]): readonly bigint[] => {
	const { modulus } = profile;
	const product = integerNegacyclicProduct(publicPolynomial(profile), secret);
	return ciphertext.map((coefficient, index) => {
		const value = (((coefficient + (product[index] as bigint)) % modulus) + modulus) % modulus;
		return value > modulus / 2n ? value - modulus : value;
	});
};

describe("encryptUpdate", () => {
	it("publishes W coefficients, which decrypt to n * w exactly, plus the error, also for extreme weights and W = N", () => {
		const random = randomRing("extremes");
		const full = Array.from({ length: profile.ringDegree }, () => random.within(-(2 ** 19), 2 ** 19 - 1));
		const extremes = [-(2 ** 19), 2 ** 19 - 1, 0, -1, 1];
		for (const [weights, sampleCount] of [
			[usual.weights, 152],
			[extremes, 1],
			[full, profile.maxSampleSum],
		] as const) {
			const { public: bundle, secrets } = encryptUpdate({ ...usual, weights, sampleCount });
			assert.deepEqual(
				[bundle.ciphertext, secrets.error, secrets.quotient, secrets.secret].map(({ length }) => length),
				[weights.length, weights.length, weights.length, profile.ringDegree],
			);
			assert.ok(bundle.ciphertext.every((coefficient) => coefficient >= 0n && coefficient < profile.modulus));
			assert.ok(secrets.quotient.every((quotient) => quotient >= -1024 && quotient < 1024));
			decrypted(bundle.ciphertext, secrets.secret).forEach((value, index) => {
				const expected = (BigInt(sampleCount * (weights[index] ?? 0)) << 16n) + BigInt(secrets.error[index] as number);
				assert.equal(value, expected);
			});
		}
	});

	it("deals shares that any two members, and no single one, open", () => {
		const { public: bundle, secrets } = encryptUpdate(usual);
		const shares = memberSecrets.map((secret, index) =>
			openShares(secret, index + 1, bundle.ephemeralKey, bundle.encryptedShares[index] as readonly bigint[], 77n),
		);
		const packed = packKey(secrets.secret, profile);
		assert.equal(packed.length, profile.keyElements);
		for (const [one, other] of [
			[1, 2],
			[1, 3],
			[2, 3],
		] as const) {
			// f(0) = (other f(one) - one f(other)) / (other - one)
			const opened = packed.map((_, k) => {
				const left = Fr.mul(BigInt(other), shares[one - 1]?.shares[k] as bigint);
				const right = Fr.mul(BigInt(one), shares[other - 1]?.shares[k] as bigint);
				return Fr.div(Fr.sub(left, right), BigInt(other - one));
			});
			assert.deepEqual(opened, packed);
		}
		for (const own of shares) assert.ok(own.shares.every((share, k) => share !== packed[k]));
	});

	it("hides shares from everyone else: another secret, index or context opens nothing", () => {
		const { public: bundle } = encryptUpdate(usual);
		const mine = bundle.encryptedShares[0] as readonly bigint[];
		const right = openShares(3n, 1, bundle.ephemeralKey, mine, 77n);
		for (const wrong of [
			openShares(4n, 1, bundle.ephemeralKey, mine, 77n),
			openShares(3n, 2, bundle.ephemeralKey, mine, 77n),
			openShares(3n, 1, bundle.ephemeralKey, mine, 78n),
		]) {
			assert.ok(wrong.shares.every((share, k) => share !== right.shares[k]));
			assert.notEqual(wrong.blind, right.blind);
		}
	});

	it("commits to each member's shares under a blind that only this member and the hospital know", () => {
		const { public: bundle } = encryptUpdate(usual);
		const opened = memberSecrets.map((secret, index) =>
			openShares(secret, index + 1, bundle.ephemeralKey, bundle.encryptedShares[index] as readonly bigint[], 77n),
		);
		assert.deepEqual(
			opened.map(({ shares, blind }) => shareCommitment(shares, blind)),
			bundle.shareCommitments,
		);
		// The blind is one more element of the pad's stream, not one of the pads.
		const pads = opened.map(({ shares }, index) =>
			shares.map((share, k) => Fr.sub(bundle.encryptedShares[index]?.[k] as bigint, share)),
		);
		assert.equal(new Set([...pads.flat(), ...opened.map(({ blind }) => blind)]).size, 3 * (profile.keyElements + 1));
		const [first] = opened;
		assert.ok(first !== undefined);
		const commitments = new Set([
			...bundle.shareCommitments,
			shareCommitment(first.shares, Fr.add(first.blind, 1n)),
			...[0, profile.keyElements - 1].map((k) =>
				shareCommitment(first.shares.with(k, Fr.add(first.shares[k] as bigint, 1n)), first.blind),
			),
		]);
		assert.equal(commitments.size, 6);
	});

	it("has a share digest of the context and every member's commitment in order", () => {
		const commitments = [3n, 4n, 5n];
		const digests = [
			shareDigest(7n, commitments),
			shareDigest(8n, commitments),
			shareDigest(7n, [4n, 3n, 5n]),
			shareDigest(7n, [3n, 4n]),
			shareDigest(7n, [3n, 4n, 6n]),
		];
		assert.equal(new Set(digests).size, digests.length);
	});

	it("evaluates every number of a bundle, at its place", () => {
		const { public: bundle } = encryptionCase(smallInstance, "evaluated");
		const { ciphertext, encryptedShares, ephemeralKey, shareCommitments } = bundle;
		const gamma = 5n;
		const at = (values: readonly bigint[]) =>
			values.reduce((sum, value, index) => Fr.add(sum, Fr.mul(value, Fr.pow(gamma, BigInt(index)))), 0n);
		const z = [...encryptedShares.flat(), ephemeralKey.x, ephemeralKey.y, ...shareCommitments];
		assert.equal(z.length, 3 * 4 + 2 + 3);
		assert.deepEqual(evaluateBundle(bundle, gamma), { y: at(ciphertext), y2: at(z) });
	});

	it("never repeats a key, and follows its randomness alone", () => {
		const first = encryptUpdate({ ...usual, randomness: seededRandomness("a") });
		assert.deepEqual(encryptUpdate({ ...usual, randomness: seededRandomness("a") }), first);
		const second = encryptUpdate({ ...usual, randomness: seededRandomness("b") });
		assert.notDeepEqual(second.secrets.secret, first.secrets.secret);
		assert.notDeepEqual(second.public.ephemeralKey, first.public.ephemeralKey);
		assert.ok(isInPrimeSubgroup(first.public.ephemeralKey));
	});

	it("keeps every ephemeral scalar below the subgroup's order", () => {
		assert.equal(ephemeralScalar(0n), 2n ** 249n + 1n);
		assert.ok(ephemeralScalar(2n ** 249n - 1n) < SUBGROUP_ORDER);
		for (const rho of [-1n, 2n ** 249n]) assert.throws(() => ephemeralScalar(rho), RangeError);
	});

	it("refuses what it could not prove", () => {
		for (const wrong of [
			{ weights: [] },
			{ weights: [2 ** 19] },
			{ weights: [-(2 ** 19) - 1] },
			{ weights: [0.5] },
			{ weights: Array.from({ length: 2049 }, () => 0) },
			{ sampleCount: 0 },
			{ sampleCount: 32769 },
			{ sampleCount: 1.5 },
			{ threshold: 1 },
			{ threshold: 4 },
			{ committeeKeys: [...usual.committeeKeys.slice(1), { x: 0n, y: 1n }] },
			{ committeeKeys: [...usual.committeeKeys.slice(1), { x: 1n, y: 1n }] },
		]) {
			assert.throws(() => encryptUpdate({ ...usual, ...wrong }), RangeError, JSON.stringify(Object.keys(wrong)));
		}
	});

	it("gives the proof's input nested as the circuit declares it", () => {
		const { input } = encryptionCase({ ...smallInstance, threshold: 3 }, "shape");
		assert.deepEqual(
			[input.w.length, input.s.length, input.e.length, input.r.length, input.memberKeys.length],
			[5, 16, 5, 5, 3],
		);
		assert.deepEqual(
			input.shareCoefficients.map(({ length }) => length),
			[2, 2, 2, 2],
		);
	});
});
