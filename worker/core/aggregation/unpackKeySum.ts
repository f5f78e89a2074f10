/** From the K opened field elements to the N coefficients of S; docs/PROTOCOL.md sections 3 and 5.5. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Profile } from "../../protocol/profiles.ts";

const inconsistent = (problem: string): DecentraHealthError =>
	new DecentraHealthError("DECRYPTION_INCONSISTENT", {
		message: `the opened key sum is not a sum of hospitals' keys: ${problem}`,
		nextStep:
			"Verify the proofs of the updates and key sums and the frozen set: the node that showed them is not to be trusted.",
	});

/**
 * Each element holds `sharePackCount` digits of `sharePackBits`, each the sum of |U| secrets offset by 64. Every s_j is in [-64, 63],
 * so a true digit is at most 127 |U| (below 2^13 up to 64 updates). A wrong key sum interpolates to random field elements,
 * which fail here with overwhelming probability: 254 bits must fit 247, and 2,048 digits their bound.
 * @param updateCount |U|, 1..maxUpdates
 * @returns S: N signed integers in [-64 |U|, 63 |U|]
 * @throws DECRYPTION_INCONSISTENT
 */
export const unpackKeySum = (values: readonly bigint[], updateCount: number, profile: Profile): readonly number[] => {
	const { keyElements, maxUpdates, ringDegree, secretBits, sharePackBits, sharePackCount } = profile;
	if (values.length !== keyElements) throw new RangeError(`${values.length} elements instead of ${keyElements}`);
	if (!Number.isInteger(updateCount) || updateCount < 1 || updateCount > maxUpdates) {
		throw new RangeError(`${updateCount} updates, not 1 to ${maxUpdates}`);
	}
	const offset = 2 ** (secretBits - 1) * updateCount;
	const greatestDigit = (2 ** secretBits - 1) * updateCount;
	const mask = (1n << BigInt(sharePackBits)) - 1n;
	const secretSum: number[] = [];
	values.forEach((value, element) => {
		const used = Math.min(sharePackCount, ringDegree - element * sharePackCount);
		if (value >> BigInt(sharePackBits * used) !== 0n) {
			throw inconsistent(`element ${element} has more than ${used} digits of ${sharePackBits} bits`);
		}
		for (let digit = 0; digit < used; digit++) {
			const sum = Number((value >> BigInt(sharePackBits * digit)) & mask);
			if (sum > greatestDigit) throw inconsistent(`coefficient ${secretSum.length} is too large`);
			secretSum.push(sum - offset);
		}
	});
	return secretSum;
};
