import assert from "node:assert/strict";
import { test } from "node:test";
import { type MemberKeySum, openKeySums } from "../../../worker/core/aggregation/openKeySums.ts";
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
			assert.deepEqual(openKeySums(posted, shape.threshold), secret);
		}
	}
});

test("key sums that disagree in one element of one member open nothing, whichever member it is", () => {
	for (const { members, threshold } of SHAPES) {
		if (members === threshold) continue;
		const { keySums, random } = sharing(`false ${members} ${threshold}`, { members, threshold });
		for (const { memberIndex } of keySums) {
			const posted = lie(keySums, memberIndex, random.below(5), 1n + random.element());
			throwsWithCode(() => openKeySums(random.shuffle(posted), threshold), "KEY_SUM_INCONSISTENT");
		}
	}
});

test("liars on a polynomial of their own do not outvote the others", () => {
	// (x-1) (x-2) (x-3) has degree t - 1 and vanishes at members 1, 2 and 3: six of seven key sums lie on one polynomial.
	const { keySums, secret } = sharing("bent", { members: 7, threshold: 4 });
	const bent = keySums.map(({ memberIndex, values }) => {
		const x = BigInt(memberIndex);
		const shift = memberIndex === 7 ? 0n : (x - 1n) * (x - 2n) * (x - 3n);
		return { memberIndex, values: values.map((value) => (value + shift) % FIELD_ORDER) };
	});
	throwsWithCode(() => openKeySums(bent, 4), "KEY_SUM_INCONSISTENT");
	// Exactly t, one of them false: interpolation cannot see it. That is what the proofs are for.
	assert.notDeepEqual(openKeySums(bent.slice(1, 5), 4), secret);
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
	for (const threshold of [0, 1.5]) assert.throws(() => openKeySums([first, second], threshold), RangeError);
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
