/**
 * Gas of a round's transactions, as lines through the measured points of test/contracts/gas.json (committees of three, default study);
 * test/worker/core/estimate.test.ts compares them. A member more costs little in any of them: its keys and shares are digests on chain.
 */
import type { Study } from "../../protocol/study.ts";

/** EIP-7825: no transaction may use more. */
export const MOST_TRANSACTION_GAS = 2 ** 24;

const SUBMIT = { once: 536_800, perSegment: 62_000 };
const KEY_SUM = { once: 373_000, perProof: 91_500 };
const OPEN_ROUND = 521_000;
const FREEZE = { once: 61_000, perUpdate: 8_500 };
const CONFIRM = { once: 48_000, perUpdate: 5_700 };
const ATTEST = { once: 57_100, finalizing: 76_500 };

/** Of one submitUpdate with the proofs of so many segments. */
export const submissionGas = (segments: number): number => SUBMIT.once + SUBMIT.perSegment * segments;

/** Of one postKeySum with so many proofs. */
export const keySumGas = (proofs: number): number => KEY_SUM.once + KEY_SUM.perProof * proofs;

/** Of a whole round in which nobody is missing: opening, updates, confirmations, freeze, key sums of t members, their attestations. */
export const roundGas = (
	{ committee, keySumSlots }: Pick<Study, "committee" | "keySumSlots">,
	hospitals: number,
	segments: number,
): number => {
	const { threshold } = committee;
	return (
		OPEN_ROUND +
		hospitals * submissionGas(segments) +
		threshold * (CONFIRM.once + CONFIRM.perUpdate * hospitals) +
		(FREEZE.once + FREEZE.perUpdate * hospitals) +
		threshold * keySumGas(Math.ceil(hospitals / keySumSlots)) +
		(threshold * ATTEST.once + ATTEST.finalizing)
	);
};
