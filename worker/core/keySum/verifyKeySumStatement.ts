/** What the contract checks of a posted key sum besides its proofs; docs/PROTOCOL.md sections 3.1 and 5.4. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { evaluatePolynomial, Fr, isFieldElement } from "../../protocol/field.ts";
import { type KeySumGammaParts, keySumGamma } from "../../protocol/keySumGamma.ts";
import { keySumSignals } from "../../protocol/publicSignals.ts";
import { keySumChunks } from "./chunks.ts";
import { ZERO_MASK_COMMITMENT } from "./masks.ts";

/** What stands beside each proof in the transaction. */
export type KeySumClaim = {
	/** The proof's output. */
	readonly evaluation: bigint;
	readonly maskOut: bigint;
};

/** What the chain says about a key sum: who posted it, where and for which set. */
export type KeySumStatement = Omit<KeySumGammaParts, "values"> & {
	/** The proven share digests of the frozen set's updates, in its order. */
	readonly shareDigests: readonly bigint[];
	/** The study's keySumSlots. */
	readonly slots: number;
	/** K of the profile. */
	readonly keyElements: number;
};

const refused = (memberIndex: number, problem: string): DecentraHealthError =>
	new DecentraHealthError("KEY_SUM_MALFORMED", {
		message: `the key sum of member ${memberIndex}: ${problem}`,
		nextStep: "Leave it out: the contract refuses such a key sum, so the node that showed it is not to be trusted.",
	});

/**
 * The key sum is true when this passes AND each proof holds for its public signals.
 * @param values T, as posted
 * @param claims one per proof, in the order posted
 * @returns per proof, the public signals that it has to hold for, in proof order
 * @throws DecentraHealthError KEY_SUM_MALFORMED: lengths, elements outside [0, r), the masks' chain, or evaluations whose sum is not T(gamma)
 */
export const verifyKeySumStatement = (
	values: readonly bigint[],
	claims: readonly KeySumClaim[],
	{ shareDigests, slots, keyElements, ...statement }: KeySumStatement,
): readonly (readonly bigint[])[] => {
	const { memberIndex } = statement;
	if (values.length !== keyElements) throw refused(memberIndex, `${values.length} values instead of ${keyElements}`);
	const chunks = keySumChunks(shareDigests, slots);
	if (claims.length !== chunks.length) {
		throw refused(
			memberIndex,
			`${claims.length} proofs instead of ${chunks.length} for ${shareDigests.length} updates`,
		);
	}
	const elements = [...values, ...claims.flatMap(({ evaluation, maskOut }) => [evaluation, maskOut])];
	if (!elements.every(isFieldElement)) throw refused(memberIndex, "a number is not in [0, r)");
	if (claims.at(-1)?.maskOut !== ZERO_MASK_COMMITMENT) throw refused(memberIndex, "the last mask is not 0");
	const gamma = keySumGamma({ ...statement, values });
	const sum = claims.reduce((total, { evaluation }) => Fr.add(total, evaluation), 0n);
	if (sum !== evaluatePolynomial(values, gamma)) {
		throw refused(memberIndex, "the proofs' evaluations do not add up to the vector's");
	}
	return claims.map(({ evaluation, maskOut }, index) =>
		keySumSignals(
			{
				evaluation,
				gamma,
				memberIndex: BigInt(memberIndex),
				maskIn: claims[index - 1]?.maskOut ?? ZERO_MASK_COMMITMENT,
				maskOut,
				shareDigests: chunks[index] ?? [],
			},
			slots,
		),
	);
};
