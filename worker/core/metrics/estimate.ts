/** A number with its uncertainty, or the reason why there is none. */

/** 97.5 % point of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/** `value` is null when it is undefined for these samples; `reason` then says why, as it does for a missing interval. */
export type Estimate = {
	readonly value: number | null;
	/** 95 % confidence. */
	readonly interval: { readonly low: number; readonly high: number } | null;
	readonly reason: string | null;
};

/**
 * A proportion with Wilson's score interval (JASA 1927), which stays inside [0, 1] and holds for few samples.
 * @param reason why there is no proportion when `total` is 0
 */
export const proportion = (successes: number, total: number, reason: string): Estimate => {
	if (total === 0) return { value: null, interval: null, reason };
	const value = successes / total;
	const z2 = Z_95 ** 2;
	const centre = (value + z2 / (2 * total)) / (1 + z2 / total);
	const halfWidth = (Z_95 * Math.sqrt((value * (1 - value)) / total + z2 / (4 * total ** 2))) / (1 + z2 / total);
	return {
		value,
		interval: { low: Math.max(0, centre - halfWidth), high: Math.min(1, centre + halfWidth) },
		reason: null,
	};
};
