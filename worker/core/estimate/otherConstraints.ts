/** Constraints of a study's circuits EncryptUpdate and KeySum, compiled with --O2, without compiling them: the sums of their templates' counts. */
import { fixedPoint, standardProfile as profile } from "../../protocol/profiles.ts";
import { architectureOf, normBoundInteger, type Study } from "../../protocol/study.ts";
import { spongeConstraints } from "./sponge.ts";

type EncryptedStudy = Pick<Study, "input" | "layers" | "committee" | "updateNormBound">;

const { weightBits, weightsPerElement, bitsPerElement } = fixedPoint;
/** The ephemeral key, and the parts of the shares' evaluation that do not depend on the committee. */
const FIXED_PART = 1_307;
/** Shares, pads, their commitment and the key's place in the committee's digest. */
const PER_MEMBER = 10_398;

const packed = (count: number, bits: number): number => Math.ceil(count / Math.floor(bitsPerElement / bits));
const bitLength = (value: bigint | number): number => value.toString(2).length;
const ones = (value: number): number => [...value.toString(2)].filter((bit) => bit === "1").length;

/** A constant polynomial and a power of the point: circuits/lib/poly. */
const pointConstraints = (count: number): number => {
	const step = Math.ceil(Math.sqrt(count));
	return step - 1 + Math.ceil(count / step) - 1 + bitLength(count) - 1 + ones(count) - 1;
};

const commitment = (weights: number): number => spongeConstraints(Math.ceil(weights / weightsPerElement) + 1);

/** Of EncryptUpdate, within 0.1 %. */
export const encryptionConstraints = (study: EncryptedStudy): number => {
	const { weightCount } = architectureOf(study);
	const { members, threshold } = study.committee;
	const { ringDegree, secretBits, errorBits, quotientBits, keyElements } = profile;
	const bound = normBoundInteger(study);
	const challenge =
		5 +
		packed(ringDegree, secretBits) +
		packed(weightCount, errorBits) +
		packed(weightCount, quotientBits) +
		keyElements * (threshold - 1) +
		1;
	const ranges = ringDegree * secretBits + weightCount * (weightBits + errorBits + quotientBits);
	const evaluation = ringDegree + 2 * weightCount + pointConstraints(weightCount);
	const norm = bound === 0n ? 1 : weightCount * (weightBits + 1) + commitment(weightCount) + bitLength(bound);
	return (
		ranges +
		evaluation +
		commitment(weightCount) +
		spongeConstraints(challenge) +
		members * PER_MEMBER +
		FIXED_PART +
		norm
	);
};

/** Horner's rule, the share commitment and its comparisons, for one update. */
const PER_SLOT = 4_393;
/** The masks' commitments and the sum. */
const KEY_SUM_FIXED_PART = 1_128;

/** Of KeySum, within 0.1 %. */
export const keySumConstraints = ({ committee, keySumSlots }: Pick<Study, "committee" | "keySumSlots">): number => {
	const { members } = committee;
	return keySumSlots * (PER_SLOT + members + spongeConstraints(members + 1)) + KEY_SUM_FIXED_PART + members;
};
