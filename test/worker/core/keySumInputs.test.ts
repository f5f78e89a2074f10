import assert from "node:assert/strict";
import { test } from "node:test";
import { shareCommitment, shareDigest } from "../../../worker/core/encryption/shareCommitments.ts";
import { type Dealing, keySumCircuitInputs } from "../../../worker/core/keySum/circuitInputs.ts";
import { keySumValues } from "../../../worker/core/keySum/keySumValues.ts";
import { maskCommitment, ZERO_MASK_COMMITMENT } from "../../../worker/core/keySum/masks.ts";
import { evaluatePolynomial, FIELD_ORDER, Fr } from "../../../worker/protocol/field.ts";
import { syntheticDealings } from "../../support/keySumInstance.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { seededRandomness } from "../../support/seededRandomness.ts";

const GAMMA = 3n ** 150n;

const inputsOf = (dealings: readonly Dealing[], slots: number, seed = "masks") =>
	keySumCircuitInputs({ gamma: GAMMA, memberIndex: 2, slots, dealings, randomness: seededRandomness(seed) });

type Proof = ReturnType<typeof inputsOf>[number];

/** What KeySum proves, by the definitions of PROTOCOL section 3.1. */
const requireProvable = ({ input, publicSignals }: Proof, slots: number): void => {
	const { context, commitments, shares, blind, maskInOpening, maskOutOpening } = input;
	let evaluation = maskOutOpening - maskInOpening;
	for (let slot = 0; slot < slots; slot++) {
		const [own, digest] = [shares[slot], input.shareDigests[slot]];
		assert.ok(own !== undefined);
		if (digest === 0n) {
			assert.ok([context[slot], blind[slot], ...own, ...(commitments[slot] ?? [])].every((value) => value === 0n));
			continue;
		}
		assert.equal(digest, shareDigest(context[slot] as bigint, commitments[slot] as readonly bigint[]));
		assert.equal(commitments[slot]?.[Number(input.memberIndex) - 1], shareCommitment(own, blind[slot] as bigint));
		evaluation += evaluatePolynomial(own, input.gamma);
	}
	assert.equal(input.maskIn, maskCommitment(maskInOpening));
	assert.equal(input.maskOut, maskCommitment(maskOutOpening));
	assert.deepEqual(publicSignals, [
		Fr.create(evaluation),
		input.gamma,
		input.memberIndex,
		input.maskIn,
		input.maskOut,
		...input.shareDigests,
	]);
};

test("sets of 1 to 64 updates are cut into ceil(|U| / slots) proofs, in order, unused slots all zero", () => {
	const dealings = syntheticDealings("sets", { updates: 64 });
	for (const [updates, slots, used] of [
		[1, 1, [1]],
		[1, 4, [1]],
		[4, 4, [4]],
		[5, 4, [4, 1]],
		[16, 16, [16]],
		[17, 16, [16, 1]],
		[33, 16, [16, 16, 1]],
		[64, 16, [16, 16, 16, 16]],
	] as const) {
		const set = dealings.slice(0, updates);
		const proofs = inputsOf(set, slots);
		assert.deepEqual(
			proofs.map(({ input }) => input.shareDigests.filter((digest) => digest !== 0n).length),
			used,
		);
		assert.deepEqual(
			proofs.flatMap(({ input }) => input.context).filter((context) => context !== 0n),
			set.map(({ context }) => context),
		);
		for (const proof of proofs) {
			const { input } = proof;
			for (const rows of [input.shareDigests, input.context, input.commitments, input.shares, input.blind]) {
				assert.equal(rows.length, slots);
			}
			requireProvable(proof, slots);
		}
	}
});

test("the masks telescope: the evaluations add up to the key sum's, and to nothing over a part of the set", () => {
	const dealings = syntheticDealings("telescope", { updates: 7 });
	const values = keySumValues(dealings.map(({ shares }) => shares));
	const proofs = inputsOf(dealings, 2);
	const total = proofs.reduce((sum, { evaluation }) => Fr.add(sum, evaluation), 0n);
	assert.equal(total, evaluatePolynomial(values, GAMMA));

	assert.equal(proofs[0]?.input.maskInOpening, 0n);
	assert.equal(proofs.at(-1)?.input.maskOutOpening, 0n);
	assert.equal(proofs[0]?.input.maskIn, ZERO_MASK_COMMITMENT);
	assert.equal(proofs.at(-1)?.maskOut, ZERO_MASK_COMMITMENT);
	const inner = proofs.slice(1).map(({ input }, index) => {
		assert.equal(input.maskInOpening, proofs[index]?.input.maskOutOpening);
		assert.equal(input.maskIn, proofs[index]?.maskOut);
		return input.maskInOpening;
	});
	assert.equal(new Set([0n, ...inner]).size, 4);

	// Every contiguous part but the whole has a mask on one side at least.
	const partial = (from: number, to: number): bigint =>
		evaluatePolynomial(keySumValues(dealings.slice(2 * from, 2 * to).map(({ shares }) => shares)), GAMMA);
	for (let from = 0; from < 4; from++) {
		for (let to = from + 1; to <= 4; to++) {
			if (to - from === 4) continue;
			const posted = proofs.slice(from, to).reduce((sum, { evaluation }) => Fr.add(sum, evaluation), 0n);
			assert.notEqual(posted, partial(from, to));
		}
	}
});

test("masks are the randomness port's alone: other masks show other evaluations of the same shares, a single proof needs none", () => {
	const dealings = syntheticDealings("hiding", { updates: 4 });
	const evaluations = (seed: string) => inputsOf(dealings, 2, seed).map(({ evaluation }) => evaluation);
	assert.deepEqual(evaluations("one"), evaluations("one"));
	const [one, other] = [evaluations("one"), evaluations("other")];
	assert.ok(one.every((evaluation, index) => evaluation !== other[index]));
	assert.equal(Fr.add(...(one as [bigint, bigint])), Fr.add(...(other as [bigint, bigint])));
	const none = {
		bytes: () => {
			throw new Error("no mask is needed");
		},
	};
	const [only] = keySumCircuitInputs({ gamma: GAMMA, memberIndex: 2, slots: 4, dealings, randomness: none });
	assert.deepEqual([only?.input.maskInOpening, only?.input.maskOutOpening], [0n, 0n]);
});

test("a mask's commitment of 0 is the constant that the contract has", () => {
	assert.equal(ZERO_MASK_COMMITMENT, maskCommitment(0n));
	assert.equal(
		`0x${ZERO_MASK_COMMITMENT.toString(16).padStart(64, "0")}`,
		"0x2dc3552b37b32c694f694fffa81a4f0158ae73f5ed0bade8e5d2a0e7c7b36c39",
	);
	assert.notEqual(maskCommitment(1n), ZERO_MASK_COMMITMENT);
	assert.throws(() => maskCommitment(FIELD_ORDER), RangeError);
});

test("shares, blinds or commitments that a hospital did not prove are noticed before anything is proven", () => {
	const dealings = syntheticDealings("tampered", { updates: 3 });
	const [first, second, third] = dealings;
	assert.ok(first !== undefined && second !== undefined && third !== undefined);
	const [share, commitment] = [second.shares[1], second.shareCommitments[1]];
	assert.ok(share !== undefined && commitment !== undefined);
	for (const changed of [
		{ ...second, shares: second.shares.with(1, Fr.add(share, 1n)) },
		{ ...second, blind: Fr.add(second.blind, 1n) },
		{ ...second, shareCommitments: second.shareCommitments.with(1, Fr.add(commitment, 1n)) },
		{ ...second, shares: third.shares, blind: third.blind },
		// Another member's commitment in the place of its own.
		{ ...second, shareCommitments: second.shareCommitments.toReversed().with(1, first.shareCommitments[1] as bigint) },
	]) {
		const error = throwsWithCode(() => inputsOf([first, changed, third], 2), "KEY_SUM_INCONSISTENT");
		assert.match(error.message, /update 2 /);
	}
	assert.doesNotThrow(() => inputsOf(dealings, 2));
});

test("impossible sizes, members and lengths are a caller's mistake", () => {
	const dealings = syntheticDealings("misuse", { updates: 2 });
	const [first, second] = dealings;
	assert.ok(first !== undefined && second !== undefined);
	const usual = { gamma: GAMMA, memberIndex: 2, slots: 2, dealings, randomness: seededRandomness("m") };
	for (const wrong of [
		{ dealings: [] },
		{ memberIndex: 0 },
		{ memberIndex: 4 },
		{ memberIndex: 1.5 },
		{ slots: 0 },
		{ slots: 17 },
		{ slots: 1.5 },
		{ dealings: [first, { ...second, shares: second.shares.slice(1) }] },
		{ dealings: [first, { ...second, shareCommitments: second.shareCommitments.slice(1) }] },
	]) {
		assert.throws(() => keySumCircuitInputs({ ...usual, ...wrong }), RangeError, JSON.stringify(Object.keys(wrong)));
	}
	assert.throws(() => keySumValues([]), RangeError);
	assert.throws(() => keySumValues([[1n], [1n, 2n]]), RangeError);
	assert.deepEqual(
		keySumValues([
			[FIELD_ORDER - 1n, 5n],
			[3n, 6n],
		]),
		[2n, 11n],
	);
});
