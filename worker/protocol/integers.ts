/** Exact integer divisions that round down or to the nearest, unlike BigInt's own, and the integer root; docs/PROTOCOL.md sections 3, 5.6 and 6. */

/** floor(numerator / denominator), denominator > 0. */
export const floorDivide = (numerator: bigint, denominator: bigint): bigint => {
	const quotient = numerator / denominator;
	return numerator % denominator < 0n ? quotient - 1n : quotient;
};

/** The integer nearest to numerator / denominator, halves up; denominator > 0. */
export const roundDivide = (numerator: bigint, denominator: bigint): bigint =>
	floorDivide(2n * numerator + denominator, 2n * denominator);

/**
 * floor(sqrt(value)), by Newton's iteration from above: it decreases until it is there.
 * @throws RangeError for a negative value
 */
export const integerRoot = (value: bigint): bigint => {
	if (value < 0n) throw new RangeError(`${value} has no root`);
	if (value < 2n) return value;
	let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
	for (;;) {
		const next = (root + value / root) / 2n;
		if (next >= root) return root;
		root = next;
	}
};
