/**
 * Number-theoretic transform of the ring Z_q[X]/(X^N + 1), in SEAL's conventions: the least primitive 2N-th root of unity,
 * Cooley-Tukey forwards with bit-reversed output, Gentleman-Sande backwards (Longa and Naehrig, CANS 2016, algorithms 1 and 2).
 * q has 53 bits, so products need bigint: about 1.5 ms a transform at N = 2048.
 */

export type NttPlan = {
	readonly degree: number;
	readonly modulus: bigint;
	/** psi^bitReverse(i) for i < N, psi the least primitive 2N-th root. */
	readonly roots: readonly bigint[];
	/** Inverses of `roots`, same order. */
	readonly inverseRoots: readonly bigint[];
	/** 1 / N mod q. */
	readonly inverseDegree: bigint;
};

const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
	let result = 1n;
	let square = base % modulus;
	for (let rest = exponent; rest > 0n; rest >>= 1n) {
		if (rest & 1n) result = (result * square) % modulus;
		square = (square * square) % modulus;
	}
	return result;
};

/** The least x with x^N = -1 mod q: like SEAL's, so that transformed values can be compared. */
const leastPrimitiveRoot = (degree: number, modulus: bigint): bigint => {
	const cofactor = (modulus - 1n) / BigInt(2 * degree);
	let root = 0n;
	for (let candidate = 2n; power(root, BigInt(degree), modulus) !== modulus - 1n; candidate++) {
		root = power(candidate, cofactor, modulus);
	}
	// The primitive roots are the odd powers of any one of them.
	const step = (root * root) % modulus;
	let least = root;
	for (let index = 1, odd = root; index < degree; index++) {
		odd = (odd * step) % modulus;
		if (odd < least) least = odd;
	}
	return least;
};

const bitReverse = (value: number, bits: number): number => {
	let reversed = 0;
	for (let bit = 0; bit < bits; bit++) reversed = (reversed << 1) | ((value >> bit) & 1);
	return reversed;
};

const plans = new Map<string, NttPlan>();

/**
 * Tables for one ring; computed once (about 10 ms).
 * @param degree N, a power of two
 * @param modulus q, a prime = 1 mod 2N
 */
export const nttPlan = (degree: number, modulus: bigint): NttPlan => {
	const bits = Math.log2(degree);
	if (!Number.isInteger(bits) || bits < 1 || bits > 16 || (modulus - 1n) % BigInt(2 * degree) !== 0n) {
		throw new RangeError(`no transform of degree ${degree} modulo ${modulus}`);
	}
	const key = `${degree}/${modulus}`;
	const known = plans.get(key);
	if (known !== undefined) return known;
	const root = leastPrimitiveRoot(degree, modulus);
	const inOrder = (base: bigint): readonly bigint[] => {
		const powers: bigint[] = [1n];
		for (let index = 1; index < degree; index++) powers.push(((powers[index - 1] as bigint) * base) % modulus);
		return powers.map((_, index) => powers[bitReverse(index, bits)] as bigint);
	};
	const plan = {
		degree,
		modulus,
		roots: inOrder(root),
		inverseRoots: inOrder(power(root, modulus - 2n, modulus)),
		inverseDegree: power(BigInt(degree), modulus - 2n, modulus),
	};
	plans.set(key, plan);
	return plan;
};

const requireDegree = (values: readonly bigint[], degree: number): void => {
	if (values.length !== degree) throw new RangeError(`${values.length} values instead of ${degree}`);
};

/** @param coefficients N integers in [0, q), natural order; @returns N values in [0, q), bit-reversed order */
export const forwardNtt = (coefficients: readonly bigint[], plan: NttPlan): bigint[] => {
	requireDegree(coefficients, plan.degree);
	const { modulus, roots } = plan;
	const values = [...coefficients];
	for (let groups = 1, half = plan.degree / 2; half >= 1; groups *= 2, half /= 2) {
		for (let group = 0; group < groups; group++) {
			const root = roots[groups + group] as bigint;
			const start = 2 * group * half;
			for (let low = start; low < start + half; low++) {
				const u = values[low] as bigint;
				const v = ((values[low + half] as bigint) * root) % modulus;
				values[low] = u + v >= modulus ? u + v - modulus : u + v;
				values[low + half] = u >= v ? u - v : u - v + modulus;
			}
		}
	}
	return values;
};

/** Inverse of forwardNtt. */
export const inverseNtt = (transformed: readonly bigint[], plan: NttPlan): bigint[] => {
	requireDegree(transformed, plan.degree);
	const { modulus, inverseRoots } = plan;
	const values = [...transformed];
	for (let groups = plan.degree / 2, half = 1; groups >= 1; groups /= 2, half *= 2) {
		for (let group = 0; group < groups; group++) {
			const root = inverseRoots[groups + group] as bigint;
			const start = 2 * group * half;
			for (let low = start; low < start + half; low++) {
				const u = values[low] as bigint;
				const v = values[low + half] as bigint;
				values[low] = u + v >= modulus ? u + v - modulus : u + v;
				values[low + half] = ((u >= v ? u - v : u - v + modulus) * root) % modulus;
			}
		}
	}
	return values.map((value) => (value * plan.inverseDegree) % modulus);
};

/** x * y mod (q, X^N + 1); coefficients in [0, q). */
export const negacyclicProduct = (x: readonly bigint[], y: readonly bigint[], plan: NttPlan): bigint[] => {
	const transformed = forwardNtt(y, plan);
	return inverseNtt(
		forwardNtt(x, plan).map((value, index) => (value * (transformed[index] as bigint)) % plan.modulus),
		plan,
	);
};
