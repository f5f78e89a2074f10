import assert from "node:assert/strict";
import { test } from "node:test";
import { type AggregationInput, aggregateRound } from "../../../worker/core/aggregation/aggregateRound.ts";
import type { MemberKeySum } from "../../../worker/core/aggregation/shamirCandidates.ts";
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
		assert.deepEqual(result.liars, []);
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

test("two honest of three suffice: the ciphertexts tell which two", () => {
	for (const member of [1, 2, 3]) {
		const keySums = withLie(three, member, (value) => value + 1n);
		const result = aggregateRound(inputOf(three, { keySums }));
		assert.deepEqual(result.liars, [member]);
		assert.deepEqual(result.sums, three.sums);
	}
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
	assert.deepEqual(aggregateRound(inputOf(three, { keySums })).liars, [1]);
});

test("liars who outvote the decoding radius are still named", () => {
	const round = syntheticRound({ seed: "seven", sampleCounts: [8, 16, 24], memberCount: 7, threshold: 4 });
	// Members 4, 5 and 6 lie on a polynomial through the honest points 1, 2 and 3: unique decoding would blame member 7.
	const bend = ({ memberIndex, values }: MemberKeySum): MemberKeySum => {
		const x = BigInt(memberIndex);
		const shift = memberIndex === 7 ? 0n : (x - 1n) * (x - 2n) * (x - 3n);
		return { memberIndex, values: values.map((value) => Fr.create(value + shift)) };
	};
	const result = aggregateRound(inputOf(round, { keySums: round.keySums.map(bend) }));
	assert.deepEqual(result.liars, [4, 5, 6]);
	assert.deepEqual(result.sums, round.sums);
});

test("were several candidates to decrypt, none is chosen", () => {
	// Raising T_1 by 2 raises the opened value by 4 with member 2 and by 3 with member 3: both unpack. This decryption ignores the key.
	const keySums = withLie(three, 1, (value, element) => (element === 0 ? value + 2n : value));
	const blind: AggregationInput["decrypt"] = (ciphertexts, polynomial) =>
		decrypt(ciphertexts, polynomial, three.secretSum);
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums, decrypt: blind })), "KEY_SUM_INCONSISTENT");
});

test("with t key sums of which one is false nobody can be named; with no honest t-subset neither", () => {
	const keySums = withLie(three, 1, (value) => value + 1n);
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums: keySums.slice(0, 2) })), "DECRYPTION_INCONSISTENT");
	const both = keySums.map((keySum) =>
		keySum.memberIndex === 2 ? { ...keySum, values: keySum.values.map((value) => Fr.create(value + 5n)) } : keySum,
	);
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums: both })), "KEY_SUM_INCONSISTENT");
	throwsWithCode(() => aggregateRound(inputOf(three, { keySums: three.keySums.slice(2) })), "KEY_SUM_MISSING");
});

test("a ciphertext changed in one coefficient, or one update more or less than the keys, does not decrypt", () => {
	const [first, ...others] = three.updates;
	assert.ok(first !== undefined);
	const { modulus } = profile;
	const raise = (index: number, by: bigint) => [
		{ ...first, ciphertext: first.ciphertext.with(index, ((first.ciphertext[index] as bigint) + by) % modulus) },
		...others,
	];
	// A multiple of Delta past the weights, and noise beyond its bound on a weight.
	for (const updates of [raise(2047, 2n ** 16n), raise(0, 2n ** 12n), others, [...three.updates, first]]) {
		assert.throws(
			() => aggregateRound(inputOf(three, { updates })),
			(error: { code?: string }) => error.code === "DECRYPTION_INCONSISTENT",
		);
	}
});

test("a sum out of the weights' range is refused even where it decrypts", () => {
	const decrypted = new Array<bigint>(profile.ringDegree).fill(0n);
	const shape = { profile, weightCount: 1, updateCount: 1, sampleSum: 10 };
	const reading = (first: bigint) => weightedSums(decrypted.with(0, first), shape);
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
		{ memberCount: 2 },
	] satisfies Partial<AggregationInput>[]) {
		assert.throws(() => aggregateRound(inputOf(three, changes)), RangeError);
	}
});
