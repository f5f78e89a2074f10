import assert from "node:assert/strict";
import { test } from "node:test";
import { type AggregationInput, aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import type { MemberKeySum } from "../../../worker/core/aggregation/openKeySums.ts";
import { plainSumAndDecrypt } from "../../../worker/core/aggregation/sumAndDecrypt.ts";
import { newGlobalWeights, weightedSums } from "../../../worker/core/aggregation/weightedSums.ts";
import { Fr } from "../../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../../worker/protocol/profiles.ts";
import { throwsWithCode } from "../../support/rejectsWithCode.ts";
import { type SyntheticRound, syntheticRound } from "../../support/syntheticRound.ts";

const decrypt = plainSumAndDecrypt(profile);
const inputOf = (round: SyntheticRound, changes: Partial<AggregationInput> = {}): AggregationInput => ({
	profile,
	decrypt,
	...round,
	...changes,
});

/** Nearest integer to sum / total, halves up, by another route than the code's. */
const mean = (sum: bigint, total: number): number => {
	const shifted = sum + 2n ** 20n * BigInt(total);
	const [quotient, rest] = [shifted / BigInt(total), shifted % BigInt(total)];
	return Number(quotient + (2n * rest >= BigInt(total) ? 1n : 0n) - 2n ** 20n);
};

const three = syntheticRound({ seed: "three", sampleCounts: [96, 128, 160] });

test("one, three and 64 hospitals: the exact weighted mean, from any t key sums", () => {
	for (const sampleCounts of [[8], [96, 128, 160], Array.from({ length: 64 }, (_, index) => 480 + index)]) {
		const round = syntheticRound({ seed: `exact ${sampleCounts.length}`, sampleCounts });
		const result = aggregateRound(inputOf(round));
		assert.deepEqual(result.sums, round.sums);
		assert.deepEqual(
			result.weights,
			round.sums.map((sum) => mean(sum, round.sampleSum)),
		);
		assert.equal(result.sampleSum, round.sampleSum);
		assert.ok(result.residuals.greatest > 0 && result.residuals.greatest <= result.residuals.bound);
		assert.equal(result.residuals.bound, 64 * sampleCounts.length);
		assert.deepEqual(aggregateRound(inputOf(round, { keySums: round.keySums.slice(1) })).weights, result.weights);
	}
});

test("the extremes of the weights and of the sample sum stay exact, at full ring size as well", () => {
	for (const extreme of [-(2 ** 19), 2 ** 19 - 1]) {
		const round = syntheticRound({
			seed: `extreme ${extreme}`,
			sampleCounts: [2 ** 14, 2 ** 14 - 1, 1],
			weightCount: profile.ringDegree,
			weightOf: () => extreme,
		});
		assert.ok(aggregateRound(inputOf(round)).weights.every((weight) => weight === extreme));
	}
});

const withLie = (
	round: SyntheticRound,
	member: number,
	change: (value: bigint, element: number) => bigint,
): readonly MemberKeySum[] =>
	round.keySums.map((keySum) =>
		keySum.memberIndex === member
			? { ...keySum, values: keySum.values.map((value, element) => Fr.create(change(value, element))) }
			: keySum,
	);

test("a false key sum among more than t opens nothing; among t it does not decrypt, and too few are missing", () => {
	for (const member of [1, 2, 3]) {
		const keySums = withLie(three, member, (value) => value + 1n);
		throwsWithCode(() => aggregateRound(inputOf(three, { keySums })), "KEY_SUM_INCONSISTENT");
	}
	const keySums = withLie(three, 1, (value) => value + 1n);
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums: keySums.slice(0, 2) })), "DECRYPTION_INCONSISTENT");
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums: three.keySums.slice(2) })), "KEY_SUM_MISSING");
});

test("a lie made to look small (S plus one in one coefficient) passes unpacking but not decryption", () => {
	// Members 1 and 3 interpolate at 0 with weights 3/2 and -1/2: raising T_1 by 2/3 raises the opened value by one.
	const twoThirds = Fr.div(2n, 3n);
	const keySums = withLie(three, 1, (value, element) => (element === 0 ? value + twoThirds : value));
	const error = throwsWithCode(
		() => aggregateRound(inputOf(three, { keySums: keySums.filter(({ memberIndex }) => memberIndex !== 2) })),
		"DECRYPTION_INCONSISTENT",
	);
	assert.match(error.message, /does not decrypt/);
});

test("a ciphertext changed in one coefficient, or one update more or less than the keys, does not decrypt", () => {
	const [first, ...others] = three.updates;
	assert.ok(first !== undefined);
	const { modulus } = profile;
	const raise = (index: number, by: bigint) => [
		{ ...first, ciphertext: first.ciphertext.with(index, ((first.ciphertext[index] as bigint) + by) % modulus) },
		...others,
	];
	// A sum beyond the weights' range, and noise beyond its bound.
	for (const updates of [raise(329, 2n ** 51n), raise(0, 2n ** 12n), others, [...three.updates, first]]) {
		assert.throws(
			() => aggregateRound(inputOf(three, { updates })),
			(error: { code?: string }) => error.code === "DECRYPTION_INCONSISTENT",
		);
	}
});

test("a sum out of the weights' range is refused even where it decrypts", () => {
	const shape = { profile, updateCount: 1, sampleSum: 10 };
	const reading = (first: bigint) => weightedSums([first], shape);
	assert.deepEqual(reading((-10n * 2n ** 19n) << 16n).sums, [-10n * 2n ** 19n]);
	throwsWithCode(() => reading((-10n * 2n ** 19n - 1n) << 16n), "DECRYPTION_INCONSISTENT");
	throwsWithCode(() => reading((10n * (2n ** 19n - 1n) + 1n) << 16n), "DECRYPTION_INCONSISTENT");
	assert.deepEqual(reading(64n).residuals.greatest, 64);
	throwsWithCode(() => reading(65n), "DECRYPTION_INCONSISTENT");
	throwsWithCode(() => reading(-65n), "DECRYPTION_INCONSISTENT");
});

test("new weights: nearest, halves up, negative sums too", () => {
	assert.deepEqual(newGlobalWeights([3n, -3n, 5n, -5n, 4n, -4n, 6n, -6n, 0n], 2), [2, -1, 3, -2, 2, -2, 3, -3, 0]);
	assert.deepEqual(newGlobalWeights([4n, 5n, -4n, -5n], 3), [1, 2, -1, -2]);
});

test("what the contract excludes is a caller's mistake: no updates, 65 updates, too many samples, weights past N", () => {
	const [first] = three.updates;
	assert.ok(first !== undefined);
	for (const changes of [
		{ updates: [] },
		{ updates: new Array(65).fill({ ...first, sampleCount: 1 }) },
		{ updates: [{ ...first, sampleCount: 32769 }] },
		{ updates: [{ ...first, sampleCount: 0 }] },
		{ weightCount: 2049 },
		{ weightCount: 329 },
		{ updates: [...three.updates.slice(1), { ...first, ciphertext: first.ciphertext.slice(1) }] },
		{ memberCount: 2 },
	] satisfies Partial<AggregationInput>[]) {
		assert.throws(() => aggregateRound(inputOf(three, changes)), RangeError);
	}
});
