/**
 * Opens the key sum. The members' key sums are the values, at x = memberIndex, of K polynomials of degree < t (one per packed key element),
 * whose values at 0 are the packed sum of the keys: each one is proven to be. docs/PROTOCOL.md section 5.5
 */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { Fr } from "../../protocol/field.ts";

export type MemberKeySum = {
	/** Evaluation point of the member's shares: 1..n in committee order. */
	readonly memberIndex: number;
	/** T: K elements in [0, r). */
	readonly values: readonly bigint[];
};

/** Lagrange: weights l_i with f(x) = sum_i l_i f(points[i]) for every polynomial of degree < points.length. */
const lagrangeWeights = (points: readonly number[], x: number): readonly bigint[] =>
	points.map((point) =>
		points
			.filter((other) => other !== point)
			.reduce(
				(weight, other) => Fr.mul(weight, Fr.div(Fr.create(BigInt(x - other)), Fr.create(BigInt(point - other)))),
				1n,
			),
	);

const interpolateAt = (keySums: readonly MemberKeySum[], x: number): readonly bigint[] => {
	const weights = lagrangeWeights(
		keySums.map(({ memberIndex }) => memberIndex),
		x,
	);
	const length = keySums[0]?.values.length ?? 0;
	return Array.from({ length }, (_, element) =>
		Fr.create(
			keySums.reduce((sum, { values }, index) => sum + (weights[index] as bigint) * (values[element] as bigint), 0n),
		),
	);
};

const requireUsable = (keySums: readonly MemberKeySum[], threshold: number): void => {
	if (!Number.isInteger(threshold) || threshold < 1) throw new RangeError(`threshold ${threshold}`);
	if (new Set(keySums.map(({ memberIndex }) => memberIndex)).size !== keySums.length) {
		throw new RangeError("two key sums of the same member");
	}
	if (keySums.some(({ memberIndex }) => !Number.isInteger(memberIndex) || memberIndex < 1)) {
		throw new RangeError("a member index is no positive integer");
	}
	if (new Set(keySums.map(({ values }) => values.length)).size > 1)
		throw new RangeError("key sums of different lengths");
	if (keySums.length >= threshold) return;
	throw new DecentraHealthError("KEY_SUM_MISSING", {
		message: `${keySums.length} key sums, but ${threshold} are needed to open the sum`,
		nextStep: "Wait for more committee members to post their key sums, or let the round fail at its deadline.",
	});
};

/**
 * Any t key sums determine the polynomials; every further one has to lie on them.
 * @param keySums of different members, in any order
 * @returns K packed elements of S = sum_i s_i
 * @throws DecentraHealthError KEY_SUM_MISSING for fewer than t; KEY_SUM_INCONSISTENT when they disagree, which proven key sums never do
 */
export const openKeySums = (keySums: readonly MemberKeySum[], threshold: number): readonly bigint[] => {
	requireUsable(keySums, threshold);
	const sorted = keySums.toSorted((one, other) => one.memberIndex - other.memberIndex);
	const chosen = sorted.slice(0, threshold);
	for (const { memberIndex, values } of sorted.slice(threshold)) {
		if (interpolateAt(chosen, memberIndex).every((value, element) => value === values[element])) continue;
		const members = chosen.map((keySum) => keySum.memberIndex).join(", ");
		throw new DecentraHealthError("KEY_SUM_INCONSISTENT", {
			message: `the key sums of members ${members} and ${memberIndex} disagree: one of them is false`,
			nextStep:
				"Verify the key sums' proofs. The contract takes none without: if all hold here too, the proving keys' setup is not to be trusted; else the node is not.",
		});
	}
	return interpolateAt(chosen, 0);
};
