/** A seeded round by the definitions of docs/PROTOCOL.md sections 3 and 5, without proofs: for tests of the aggregation. */
import type { AcceptedUpdate } from "../../worker/core/aggregation/aggregateRound.ts";
import type { MemberKeySum } from "../../worker/core/aggregation/openKeySums.ts";
import { integerNegacyclicProduct } from "../../worker/core/ring/product.ts";
import { publicPolynomial } from "../../worker/core/ring/publicPolynomial.ts";
import { evaluatePolynomial } from "../../worker/protocol/field.ts";
import { standardProfile as profile } from "../../worker/protocol/profiles.ts";
import { randomRing } from "./randomRing.ts";

const { ringDegree, modulus, keyElements, sharePackBits, sharePackCount, deltaBits } = profile;

export type SyntheticRound = {
	readonly updates: readonly AcceptedUpdate[];
	readonly keySums: readonly MemberKeySum[];
	/** S = sum_i s_i. */
	readonly secretSum: readonly number[];
	/** sum_i n_i w_i by definition. */
	readonly sums: readonly bigint[];
	readonly sampleSum: number;
	readonly packedKeySum: readonly bigint[];
	readonly threshold: number;
	readonly memberCount: number;
	readonly weightCount: number;
};

const packKey = (secret: readonly number[]): bigint[] =>
	Array.from({ length: keyElements }, (_, element) =>
		secret
			.slice(element * sharePackCount, (element + 1) * sharePackCount)
			.reduce((packed, value, digit) => packed + (BigInt(value + 64) << BigInt(sharePackBits * digit)), 0n),
	);

const add = (one: readonly bigint[], other: readonly bigint[]): bigint[] =>
	one.map((value, index) => value + (other[index] as bigint));

export const syntheticRound = ({
	seed,
	sampleCounts,
	weightCount = 330,
	memberCount = 3,
	threshold = 2,
	weightOf,
}: {
	seed: string;
	sampleCounts: readonly number[];
	weightCount?: number;
	memberCount?: number;
	threshold?: number;
	/** Signed 20-bit weight of a hospital; random by default. */
	weightOf?: (hospital: number, index: number) => number;
}): SyntheticRound => {
	const random = randomRing(seed);
	const a = publicPolynomial(profile);
	const secretSum = new Array<number>(ringDegree).fill(0);
	let sums = new Array<bigint>(weightCount).fill(0n);
	let packedKeySum = new Array<bigint>(keyElements).fill(0n);

	const updates = sampleCounts.map((sampleCount, hospital) => {
		const secret = Array.from({ length: ringDegree }, () => random.within(-64, 63));
		const weights = Array.from({ length: weightCount }, (_, index) =>
			weightOf === undefined ? random.within(-(2 ** 19), 2 ** 19 - 1) : weightOf(hospital, index),
		);
		secret.forEach((value, index) => {
			secretSum[index] = (secretSum[index] as number) + value;
		});
		const scaled = weights.map((weight) => BigInt(sampleCount) * BigInt(weight));
		sums = add(sums, scaled);
		packedKeySum = add(packedKeySum, packKey(secret));
		const product = integerNegacyclicProduct(a, secret);
		const ciphertext = scaled.map((value, index) => {
			const plain = BigInt(random.within(-64, 63)) + (value << BigInt(deltaBits));
			return (((plain - (product[index] as bigint)) % modulus) + modulus) % modulus;
		});
		return { sampleCount, ciphertext };
	});

	const polynomials = packedKeySum.map((value) => [
		value,
		...Array.from({ length: threshold - 1 }, () => random.element()),
	]);
	const keySums = Array.from({ length: memberCount }, (_, member) => ({
		memberIndex: member + 1,
		values: polynomials.map((polynomial) => evaluatePolynomial(polynomial, BigInt(member + 1))),
	}));
	return {
		updates,
		keySums,
		secretSum,
		sums,
		sampleSum: sampleCounts.reduce((sum, count) => sum + count, 0),
		packedKeySum,
		threshold,
		memberCount,
		weightCount,
	};
};
