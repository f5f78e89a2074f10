/**
 * Interpolation of key sums at 0. Honest key sums are the values, at x = memberIndex, of K polynomials of degree < t (one per packed
 * key element): a Reed-Solomon codeword whose symbols are the members' whole vectors. A member lies when any of its K values does.
 */
import { Fr } from "../../protocol/field.ts";
import type { KeySum } from "../codecs/keySum.ts";

export type MemberKeySum = Pick<KeySum, "memberIndex" | "values">;

/** One polynomial vector that at least t key sums lie on. */
export type Candidate = {
	/** Its K values at 0. */
	readonly values: readonly bigint[];
	/** Members whose key sums lie on it, and the others; ascending. */
	readonly agreeing: readonly number[];
	readonly dissenting: readonly number[];
};

/** Committees have at most 7 members; beyond this bound trying all subsets would take too long. */
const MOST_KEY_SUMS = 12;

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

/** All subsets of `size` elements, in lexicographic order of positions. */
function* subsets<T>(items: readonly T[], size: number): Generator<readonly T[]> {
	if (size === 0) {
		yield [];
		return;
	}
	for (let first = 0; first + size <= items.length; first++) {
		for (const rest of subsets(items.slice(first + 1), size - 1)) yield [items[first] as T, ...rest];
	}
}

const requireUsable = (keySums: readonly MemberKeySum[], threshold: number): void => {
	if (keySums.length < threshold || threshold < 1 || keySums.length > MOST_KEY_SUMS) {
		throw new RangeError(`${keySums.length} key sums cannot be interpolated with threshold ${threshold}`);
	}
	if (new Set(keySums.map(({ memberIndex }) => memberIndex)).size !== keySums.length) {
		throw new RangeError("two key sums of the same member");
	}
	if (keySums.some(({ memberIndex }) => !Number.isInteger(memberIndex) || memberIndex < 1)) {
		throw new RangeError("a member index is no positive integer");
	}
	if (new Set(keySums.map(({ values }) => values.length)).size !== 1) {
		throw new RangeError("key sums of different lengths");
	}
};

/**
 * Every polynomial vector that at least t of the m key sums lie on, those with most agreement first. If t of them are honest,
 * the true one is among them: any t-subset determines one candidate, and all t-subsets are covered.
 * @throws RangeError for fewer than t key sums, repeated members or unequal lengths
 */
export const shamirCandidates = (keySums: readonly MemberKeySum[], threshold: number): readonly Candidate[] => {
	requireUsable(keySums, threshold);
	const sorted = keySums.toSorted((one, other) => one.memberIndex - other.memberIndex);
	const candidates: Candidate[] = [];
	for (const subset of subsets(sorted, threshold)) {
		const chosen = new Set(subset.map(({ memberIndex }) => memberIndex));
		// t points determine the polynomial: a subset inside an earlier candidate's agreement gives that candidate again.
		if (candidates.some(({ agreeing }) => [...chosen].every((member) => agreeing.includes(member)))) continue;
		const agrees = ({ memberIndex, values }: MemberKeySum): boolean =>
			chosen.has(memberIndex) ||
			interpolateAt(subset, memberIndex).every((value, element) => value === values[element]);
		const agreeing = sorted.filter(agrees).map(({ memberIndex }) => memberIndex);
		candidates.push({
			values: interpolateAt(subset, 0),
			agreeing,
			dissenting: sorted.map(({ memberIndex }) => memberIndex).filter((member) => !agreeing.includes(member)),
		});
	}
	return candidates.toSorted((one, other) => other.agreeing.length - one.agreeing.length);
};
