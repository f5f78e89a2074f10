/**
 * Prints the table `exponentialCoefficients` of circuits/profiles/fixed-point.json: row k is the cubic for exp(-y) on [k, k + 1) in
 * t = 512 (y - k), at scale 2^40, with integer coefficients, lowest first.
 *
 *     node scripts/profiles/exponentialCoefficients.ts
 *
 * The third coefficient is so coarse (its unit is 2^-13 at t = 512) that rounding a best cubic's coefficients would spoil it: they are
 * fixed one after the other, from the third down, each to the best remaining polynomial's nearest integers.
 */
import { fixedPoint } from "../../worker/protocol/profiles.ts";

const STEPS = 2 ** fixedPoint.logitScaleBits;
const ONE = 2 ** fixedPoint.exponentialScaleBits;
const POINTS = Array.from({ length: STEPS }, (_, t) => t);

type Cubic = readonly [number, number, number, number];

const cubicAt = ([constant, first, second, third]: Cubic, t: number): number =>
	constant + t * (first + t * (second + t * third));

/** Least-squares coefficients of `powers` (of t / 512) for `target`: normal equations by Gaussian elimination. */
const fitted = (target: readonly number[], powers: readonly number[]): readonly number[] => {
	const rows = powers.map((p) => [
		...powers.map((q) => POINTS.reduce((sum, t) => sum + (t / STEPS) ** (p + q), 0)),
		POINTS.reduce((sum, t) => sum + (t / STEPS) ** p * (target[t] as number), 0),
	]);
	for (const [i, pivot] of rows.entries()) {
		for (const [j, row] of rows.entries()) {
			if (i === j) continue;
			const factor = (row[i] as number) / (pivot[i] as number);
			for (let k = i; k < row.length; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number);
		}
	}
	return rows.map((row, i) => (row.at(-1) as number) / (row[i] as number) / STEPS ** (powers[i] as number));
};

const without = (target: readonly number[], coefficient: number, power: number): readonly number[] =>
	target.map((value, t) => value - coefficient * t ** power);

/** The integers next to it; 0 instead of -0. */
const around = (value: number): readonly number[] => [Math.floor(value) + 0, Math.ceil(value) + 0];

/** All cubics that rounding one coefficient after the other, down or up, leads to. */
const candidates = (target: readonly number[], fixedConstant: number | undefined): readonly Cubic[] => {
	const lowest = fixedConstant === undefined ? 0 : 1;
	const start = fixedConstant === undefined ? target : without(target, fixedConstant, 0);
	const powers = (most: number) => Array.from({ length: most - lowest + 1 }, (_, i) => lowest + i);
	const last = (rest: readonly number[], most: number) => around(fitted(rest, powers(most)).at(-1) as number);
	return last(start, 3).flatMap((third) => {
		const rest3 = without(start, third, 3);
		return last(rest3, 2).flatMap((second) => {
			const rest2 = without(rest3, second, 2);
			return last(rest2, 1).flatMap((first): readonly Cubic[] => {
				if (fixedConstant !== undefined) return [[fixedConstant, first, second, third]];
				const rest1 = without(rest2, first, 1);
				return [[Math.round((Math.min(...rest1) + Math.max(...rest1)) / 2), first, second, third]];
			});
		});
	});
};

/** Interval by interval, the candidate of smallest error that falls all through its interval and begins no higher than the last one ended. */
export const exponentialCoefficients = (): readonly Cubic[] => {
	const table: Cubic[] = [];
	let ceiling = ONE;
	for (let interval = 0; interval < 2 ** fixedPoint.logitIntegerBits; interval++) {
		const target = POINTS.map((t) => ONE * Math.exp(-(interval + t / STEPS)));
		const errorOf = (cubic: Cubic) => Math.max(...target.map((value, t) => Math.abs(value - cubicAt(cubic, t))));
		const falls = (cubic: Cubic) =>
			POINTS.every((t) => cubicAt(cubic, t) <= (t === 0 ? ceiling : cubicAt(cubic, t - 1)) && cubicAt(cubic, t) >= 0);
		const [best] = candidates(target, interval === 0 ? ONE : undefined)
			.filter(falls)
			.sort((a, b) => errorOf(a) - errorOf(b));
		if (best === undefined) throw new Error(`no cubic for the interval ${interval} is non-increasing`);
		table.push(best);
		ceiling = cubicAt(best, STEPS - 1);
	}
	return table;
};

if (import.meta.main) {
	for (const [interval, cubic] of exponentialCoefficients().entries()) {
		const error = Math.max(...POINTS.map((t) => Math.abs(cubicAt(cubic, t) / ONE - Math.exp(-(interval + t / STEPS)))));
		console.log(`[${cubic.join(", ")}] // 2^${Math.log2(error).toFixed(1)}`);
	}
}
