import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeySums } from "../../../worker/core/aggregation/openKeySums.ts";
import { type MemberKeySum, shamirCandidates } from "../../../worker/core/aggregation/shamirCandidates.ts";
import { unpackKeySum } from "../../../worker/core/aggregation/unpackKeySum.ts";
import { evaluatePolynomial, FIELD_ORDER } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { randomRing } from "../../support/randomRing.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";

/** Honest key sums of `members` for random polynomials, and their values at 0. */
const sharing = (
	seed: string,
	{ members, threshold, elements = 5 }: { members: number; threshold: number; elements?: number },
) => {
	const random = randomRing(seed);
	const polynomials = Array.from({ length: elements }, () => Array.from({ length: threshold }, () => random.element()));
	return {
		random,
		secret: polynomials.map((polynomial) => polynomial[0] as bigint),
		keySums: Array.from({ length: members }, (_, member) => ({
			memberIndex: member + 1,
			values: polynomials.map((polynomial) => evaluatePolynomial(polynomial, BigInt(member + 1))),
		})),
	};
};

/** The member's key sum with one element raised by `by`. */
const lie = (keySums: readonly MemberKeySum[], member: number, element: number, by = 1n): readonly MemberKeySum[] =>
	keySums.map((keySum) =>
		keySum.memberIndex === member
			? {
					...keySum,
					values: keySum.values.map((value, index) => (index === element ? (value + by) % FIELD_ORDER : value)),
				}
			: keySum,
	);

const SHAPES = [2, 3, 4, 5, 6, 7].flatMap((members) =>
	Array.from({ length: members }, (_, index) => index + 1)
		.filter((threshold) => 2 * threshold > members)
		.map((threshold) => ({ members, threshold })),
);

test("any t honest key sums, in any order, open the secret for every committee up to 7", () => {
	for (const shape of SHAPES) {
		const { keySums, secret, random } = sharing(`honest ${shape.members} ${shape.threshold}`, shape);
		for (let count = shape.threshold; count <= shape.members; count++) {
			const posted = random.shuffle(keySums).slice(0, count);
			assert.deepEqual(openKeySums(posted, shape.threshold), { values: secret, liars: [] });
		}
	}
});

test("up to floor((m - t) / 2) liars are named and corrected, whichever coordinate they lie in", () => {
	for (const { members, threshold } of SHAPES) {
		const errors = Math.floor((members - threshold) / 2);
		for (let liars = 1; liars <= errors; liars++) {
			const { keySums, secret, random } = sharing(`liars ${members} ${threshold}`, { members, threshold });
			const chosen = random
				.shuffle(keySums.map(({ memberIndex }) => memberIndex))
				.slice(0, liars)
				.toSorted((one, other) => one - other);
			const posted = chosen.reduce<readonly MemberKeySum[]>(
				(sums, member) => lie(sums, member, random.below(5), random.element()),
				keySums,
			);
			assert.deepEqual(openKeySums(posted, threshold), { values: secret, liars: chosen });
		}
	}
});

test("beyond the radius the disagreement is reported with the groups that agree", () => {
	// m - t = 1: a lie is seen, but any two of the three may be the honest ones.
	const { keySums } = sharing("one of three", { members: 3, threshold: 2 });
	const error = throwsWithCode(() => openKeySums(lie(keySums, 2, 4), 2), "KEY_SUM_INCONSISTENT");
	assert.match(error.message, /\{1, 2\}, \{1, 3\}, \{2, 3\}/);
	// Two liars in different coordinates: each coordinate alone could be corrected, but two of four members lie, one more than decidable.
	const four = sharing("two of four", { members: 4, threshold: 2 });
	throwsWithCode(() => openKeySums(lie(lie(four.keySums, 1, 0), 2, 1), 2), "KEY_SUM_INCONSISTENT");
});

test("colluding liars beyond the radius can pass for honest: the reason why aggregateRound asks the ciphertexts", () => {
	// t = 4 of 7, radius 1. Three liars put themselves on a polynomial through three honest members' points.
	const threshold = 4;
	const { keySums } = sharing("three of seven", { members: 7, threshold });
	// (x-1) (x-2) (x-3) has degree t - 1 and vanishes at the members 1, 2 and 3.
	const posted = keySums.map((keySum) => {
		const [x, bend] = [BigInt(keySum.memberIndex), keySum.memberIndex <= 3 || keySum.memberIndex === 7 ? 0n : 1n];
		const shift = bend * (x - 1n) * (x - 2n) * (x - 3n);
		return { ...keySum, values: keySum.values.map((value) => (value + shift) % FIELD_ORDER) };
	});
	assert.deepEqual(openKeySums(posted, threshold).liars, [7]);
});

test("candidates cover every polynomial that t key sums lie on, without repetition, most agreement first", () => {
	const { keySums, secret } = sharing("candidates", { members: 5, threshold: 3 });
	assert.deepEqual(shamirCandidates(keySums, 3).length, 1);
	const candidates = shamirCandidates(lie(lie(keySums, 1, 0), 5, 0), 3);
	assert.equal(new Set(candidates.map(({ agreeing }) => agreeing.join())).size, candidates.length);
	assert.deepEqual(candidates.find(({ agreeing }) => agreeing.join() === "2,3,4")?.values, secret);
	for (const { agreeing, dissenting } of candidates) {
		assert.deepEqual([...agreeing, ...dissenting].toSorted(), [1, 2, 3, 4, 5]);
		assert.ok(agreeing.length >= 3);
	}
	const sizes = candidates.map(({ agreeing }) => agreeing.length);
	assert.deepEqual(
		sizes,
		sizes.toSorted((one, other) => other - one),
	);
});

test("fewer than t key sums are missing; repeated members, unequal lengths and member 0 are a caller's mistake", () => {
	const { keySums } = sharing("misuse", { members: 3, threshold: 2 });
	const [first, second] = keySums;
	assert.ok(first !== undefined && second !== undefined);
	throwsWithCode(() => openKeySums([first], 2), "KEY_SUM_MISSING");
	throwsWithCode(() => openKeySums([], 2), "KEY_SUM_MISSING");
	assert.throws(() => openKeySums([first, first], 2), RangeError);
	assert.throws(() => openKeySums([first, { ...second, values: [] }], 2), RangeError);
	assert.throws(() => openKeySums([first, { ...second, memberIndex: 0 }], 2), RangeError);
});

const packed = (digits: readonly number[]): bigint =>
	digits.reduce((sum, digit, index) => sum + (BigInt(digit) << BigInt(13 * index)), 0n);

const packedSecret = (digits: (index: number) => number): bigint[] =>
	Array.from({ length: 108 }, (_, element) =>
		packed(Array.from({ length: element < 107 ? 19 : 2048 - 107 * 19 }, (_, digit) => digits(19 * element + digit))),
	);

test("unpacking removes the offset, at both ends of the range and for 1 and 64 updates", () => {
	for (const updates of [1, 3, 64]) {
		assert.deepEqual(
			unpackKeySum(
				packedSecret((index) => (index % 2 === 0 ? 0 : 127 * updates)),
				updates,
				profile,
			),
			Array.from({ length: 2048 }, (_, index) => (index % 2 === 0 ? -64 : 63) * updates),
		);
	}
});

test("a digit over its range, digits past N, bits past the top digit and random elements are inconsistent", () => {
	const valid = packedSecret(() => 192);
	const replaced = (element: number, value: bigint): bigint[] => valid.with(element, value);
	const last = valid[107] as bigint;
	for (const values of [
		replaced(0, packed([127 * 3 + 1])),
		replaced(107, last + (1n << BigInt(13 * 15))),
		replaced(5, (valid[5] as bigint) + (1n << 247n)),
		replaced(50, randomRing("wrong share").element()),
	]) {
		throwsWithCode(() => unpackKeySum(values, 3, profile), "DECRYPTION_INCONSISTENT");
	}
	assert.equal(unpackKeySum(valid, 3, profile).length, 2048);
	assert.throws(() => unpackKeySum(valid.slice(1), 3, profile), RangeError);
	for (const updates of [0, 65, 1.5]) assert.throws(() => unpackKeySum(valid, updates, profile), RangeError);
});
