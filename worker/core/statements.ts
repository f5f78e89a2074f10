/** The statements that a round's proofs prove, rebuilt from the ledger; docs/PROTOCOL.md sections 2 and 3. */
import { type Address, type Hex, hexToBigInt } from "viem";
import { committeeKeysDigest } from "../protocol/committeeKeysDigest.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { toField } from "../protocol/field.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { encryptUpdateSignals, trainSegmentSignals } from "../protocol/publicSignals.ts";
import { verifyKeySumStatement } from "./keySum/verifyKeySumStatement.ts";
import type { KeySumRecord, RoundRecord, SolidityProof, StudyRecord, UpdateRecord } from "./ledger/state.ts";

export type ProofStatement = {
	readonly circuit: "train" | "encrypt" | "keySum";
	/** Whose proof of what, for errors. */
	readonly what: string;
	/** In proof order. */
	readonly signals: readonly bigint[];
	readonly proof: SolidityProof;
};

/** A digest on chain as the circuits see it: big endian, mod r. */
const digestElement = (digest: Hex): bigint => toField(hexToBigInt(digest));

const impossible = (message: string): DecentraHealthError =>
	new DecentraHealthError("LEDGER_INCONSISTENT", {
		message,
		nextStep: "The contract accepts no such update: the RPC node made it up, use another one.",
	});

/**
 * Statements of one accepted update: its segments in order, then its encryption.
 * @param context of the update, recomputed (worker/protocol/context.ts)
 * @throws DecentraHealthError LEDGER_INCONSISTENT when the segments are not those of its data set
 */
export const updateStatements = (
	{ roundId, opening }: RoundRecord,
	{ parameters }: StudyRecord,
	update: UpdateRecord,
	context: bigint,
): readonly ProofStatement[] => {
	const { hospital, segments, encryption, datasetRoot, batchCount, sampleCount, weightsCommitment } = update;
	const { epochs, stepsPerSegment, learningRate, batchSize } = parameters;
	const who = `the update of ${hospital} in round ${roundId}`;
	const totalSteps = epochs * batchCount;
	const count = Math.ceil(totalSteps / stepsPerSegment);
	if (segments.length !== count || segments.some(({ segment }, index) => segment !== BigInt(index))) {
		throw impossible(`${who} has ${segments.length} segments, not those of ${totalSteps} steps`);
	}
	if (sampleCount !== batchCount * batchSize) throw impossible(`${who} counts ${sampleCount} samples`);
	if (segments.at(-1)?.commitmentOut !== weightsCommitment) throw impossible(`${who} encrypts other weights`);
	const training = segments.map(({ commitmentOut, proof }, index): ProofStatement => {
		const signals = trainSegmentSignals({
			context,
			datasetRoot,
			batchCount: BigInt(batchCount),
			beacon: BigInt(opening.beacon),
			firstStep: BigInt(index * stepsPerSegment),
			totalSteps: BigInt(totalSteps),
			learningRate: BigInt(learningRate),
			commitmentIn: segments[index - 1]?.commitmentOut ?? opening.baseCommitment,
			commitmentOut,
		});
		return { circuit: "train", what: `segment ${index + 1} of ${who}`, signals, proof };
	});
	const { proof, gamma, y, y2, shareDigest } = encryption;
	const signals = encryptUpdateSignals({
		gamma,
		y,
		y2,
		shareDigest,
		context,
		bundleDigest: digestElement(update.bundleDigest),
		sampleCount: BigInt(sampleCount),
		weightsCommitment,
		committeeKeysDigest: committeeKeysDigest(opening.shareKeys),
		baseCommitment: opening.baseCommitment,
	});
	return [...training, { circuit: "encrypt", what: `the encryption in ${who}`, signals, proof }];
};

/**
 * Statements of one posted key sum: it is true when this passes and all of their proofs hold.
 * @throws DecentraHealthError KEY_SUM_MALFORMED when the contract can't have accepted it
 */
export const keySumStatements = (
	{ roundId, updates, frozen, opening }: RoundRecord,
	{ parameters }: StudyRecord,
	{ member, index, values, proofs }: KeySumRecord,
	{ chainId, roundManager }: { readonly chainId: number; readonly roundManager: Address },
): readonly ProofStatement[] => {
	if (frozen === undefined || opening.committee[index - 1] !== member) {
		throw impossible(`${member} has no seat ${index} in round ${roundId}, or its set is not frozen`);
	}
	const statement = {
		chainId,
		roundManager,
		roundId,
		frozenSetDigest: frozen.frozenSetDigest,
		memberIndex: index,
		shareDigests: updates.map(({ encryption }) => encryption.shareDigest),
		slots: parameters.keySumSlots,
		keyElements: standardProfile.keyElements,
	};
	return verifyKeySumStatement(values, proofs, statement).map((signals, place) => ({
		circuit: "keySum",
		what: `part ${place + 1} of the key sum of ${member} in round ${roundId}`,
		signals,
		// As many claims as proofs: they are the same objects.
		proof: (proofs[place] as KeySumRecord["proofs"][number]).proof,
	}));
};
