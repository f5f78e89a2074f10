/** The bound of an update's norm, as circuits/encryption/UpdateNorm.circom proves it; docs/PROTOCOL.md section 3. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { normBoundInteger, type Study } from "../../protocol/study.ts";

/** sum (after - before)^2, scale 2^32. Both are signed 20-bit integers, as many. */
export const squaredNorm = (after: readonly number[], before: readonly number[]): bigint => {
	if (after.length !== before.length) throw new RangeError(`${after.length} weights against ${before.length}`);
	// Squares are below 2^40, so sums of up to 2^13 of them are exact.
	return BigInt(after.reduce((sum, weight, index) => sum + (weight - (before[index] ?? 0)) ** 2, 0));
};

/**
 * Refuses an update that nobody can prove, before hours of proving. How far it goes is not told: it says something about the data.
 * @param after what the hospital's training ends with
 * @param before the round's base model
 * @throws DecentraHealthError UPDATE_NORM
 */
export const requireUpdateNorm = (study: Study, after: readonly number[], before: readonly number[]): void => {
	const bound = normBoundInteger(study);
	if (bound === 0n || squaredNorm(after, before) <= bound) return;
	throw new DecentraHealthError("UPDATE_NORM", {
		message: `this hospital's training moves the model further than the study allows: its update's Euclidean norm exceeds updateNormBound = ${study.updateNormBound}`,
		nextStep:
			"Sit this round out, and look at the data (data doctor): labels turned round or inputs in other units train like this. If several hospitals are refused, the coordinator's next study needs a higher bound, a lower learningRate or fewer epochs.",
	});
};
