/** The inputs of a key sum's proofs; docs/PROTOCOL.md section 3.1, circuits/committee/KeySum.circom. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { evaluatePolynomial, Fr } from "../../protocol/field.ts";
import { keySumSignals } from "../../protocol/publicSignals.ts";
import type { OpenedShares } from "../encryption/openShares.ts";
import { type Randomness, sampleFieldElement } from "../encryption/sampling.ts";
import { shareCommitment, shareDigest } from "../encryption/shareCommitments.ts";
import { keySumChunks, keySumProofCount, padded } from "./chunks.ts";
import { maskCommitment } from "./masks.ts";

/** What one hospital of the frozen set dealt to the member. The bundle was checked against its proof's y and y2 before. */
export type Dealing = OpenedShares & {
	readonly context: bigint;
	/** m_1 .. m_n of the bundle. */
	readonly shareCommitments: readonly bigint[];
};

export type KeySumProofs = {
	/** keySumGamma of the vector that will be posted, keySumValues of the same shares. */
	readonly gamma: bigint;
	/** The member's, 1..n. */
	readonly memberIndex: number;
	/** The study's keySumSlots, 1..16. */
	readonly slots: number;
	/** One per update of the frozen set, in its order. */
	readonly dealings: readonly Dealing[];
	/**
	 * Draws the masks: unpredictable to others, and other ones for another gamma. The same masks under two gammas would cancel in the difference
	 * of the evaluations, which then tells about a part of the set.
	 */
	readonly randomness: Randomness;
};

const requireOpening = ({ shares, blind, shareCommitments }: Dealing, update: number, memberIndex: number): void => {
	if (shareCommitment(shares, blind) === shareCommitments[memberIndex - 1]) return;
	throw new DecentraHealthError("KEY_SUM_INCONSISTENT", {
		message: `the shares that update ${update + 1} of the frozen set deals to member ${memberIndex} do not open their commitment`,
		nextStep:
			"Check the bundle against its proof (y and y2), and that the share key is the one the round was opened with.",
	});
};

/**
 * All input signals of each KeySum proof by name, in the order in which the proofs are posted, with the public signals that each has to have.
 * The inputs are secret: with t members' worth of them an update can be opened.
 * About 25 ms an update.
 * @throws DecentraHealthError KEY_SUM_INCONSISTENT when a dealing is not what its hospital proved; RangeError for a caller's mistake
 */
export const keySumCircuitInputs = ({ gamma, memberIndex, slots, dealings, randomness }: KeySumProofs) => {
	const [first] = dealings;
	if (first === undefined) throw new RangeError("a key sum of no updates");
	const members = first.shareCommitments.length;
	if (dealings.some(({ shareCommitments }) => shareCommitments.length !== members)) {
		throw new RangeError("updates for committees of different sizes");
	}
	if (!Number.isInteger(memberIndex) || memberIndex < 1 || memberIndex > members) {
		throw new RangeError(`member ${memberIndex} of ${members}`);
	}
	if (dealings.some(({ shares }) => shares.length !== first.shares.length)) {
		throw new RangeError("shares of different lengths");
	}
	for (const [update, dealing] of dealings.entries()) requireOpening(dealing, update, memberIndex);

	const noShares = first.shares.map(() => 0n);
	const noCommitments = first.shareCommitments.map(() => 0n);
	const between = Array.from({ length: keySumProofCount(dealings.length, slots) - 1 }, () =>
		sampleFieldElement(randomness),
	);
	const openings = [0n, ...between, 0n];
	return keySumChunks(dealings, slots).map((chunk, index) => {
		const maskInOpening = openings[index] as bigint;
		const maskOutOpening = openings[index + 1] as bigint;
		const sum = chunk.reduce((total, { shares }) => Fr.add(total, evaluatePolynomial(shares, gamma)), 0n);
		const statement = {
			gamma,
			memberIndex: BigInt(memberIndex),
			maskIn: maskCommitment(maskInOpening),
			maskOut: maskCommitment(maskOutOpening),
		};
		const shareDigests = chunk.map(({ context, shareCommitments }) => shareDigest(context, shareCommitments));
		const evaluation = Fr.add(sum, Fr.sub(maskOutOpening, maskInOpening));
		return {
			input: {
				...statement,
				shareDigests: padded(shareDigests, slots, 0n),
				context: padded(
					chunk.map(({ context }) => context),
					slots,
					0n,
				),
				commitments: padded(
					chunk.map(({ shareCommitments }) => shareCommitments),
					slots,
					noCommitments,
				),
				shares: padded(
					chunk.map(({ shares }) => shares),
					slots,
					noShares,
				),
				blind: padded(
					chunk.map(({ blind }) => blind),
					slots,
					0n,
				),
				maskInOpening,
				maskOutOpening,
			},
			/** What is posted beside the proof. */
			evaluation,
			maskOut: statement.maskOut,
			/** As the prover has to return them. */
			publicSignals: keySumSignals({ evaluation, ...statement, shareDigests }, slots),
		};
	});
};
