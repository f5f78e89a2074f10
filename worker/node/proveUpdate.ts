/** A hospital's proofs of one round: every training segment, then the encryption. What is finished survives a restart. */
import { randomBytes } from "node:crypto";
import { type CircuitFiles, prove } from "../adapters/prover.ts";
import { encodeBundle } from "../core/codecs/bundle.ts";
import { decodeModel } from "../core/codecs/model.ts";
import type { CommittedDataset } from "../core/dataset/commit.ts";
import { encryptionCircuitInput } from "../core/encryption/circuitInput.ts";
import { encryptUpdate } from "../core/encryption/encryptUpdate.ts";
import { requireUpdateNorm } from "../core/encryption/updateNorm.ts";
import type { Ledger, RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { committeeKeysDigest } from "../protocol/committeeKeysDigest.ts";
import { contentDigest } from "../protocol/contentDigest.ts";
import { isDevelopmentChain, requireKeysForChain } from "../protocol/developmentChain.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { architectureOf, normBoundInteger, type Study } from "../protocol/study.ts";
import { ownStore } from "./availability.ts";
import { contextOf } from "./bundles.ts";
import { type Participant, requireStudy, timed } from "./participant.ts";
import { requireProvenModel } from "./provenModel.ts";
import { requireProvingKey } from "./provingKeys.ts";
import { type AcceptedRepeat, claimTrainedBase } from "./trainedBase.ts";
import { proveSegments, trainSegments } from "./trainingProofs.ts";
import { bundleOf, type UpdateNotes, updateNotesKey, updateNotesSchema } from "./updateNotes.ts";

export type Hospital = Participant & {
	/** Its data set as committed: derived from its rows and its secret seed. */
	readonly dataset: CommittedDataset;
	/** 32 secret bytes from the keystore; salts are derived from it. */
	readonly dataSeed: Uint8Array;
	readonly circuits: { readonly train: CircuitFiles; readonly encrypt: CircuitFiles };
	/**
	 * Digests of the only committees' keys that this hospital encrypts to, as the members told it outside the chain: several where members take
	 * turns. Without any the hospital takes, on a development chain, the committee that its RPC node shows and the coordinator seated; elsewhere
	 * it refuses.
	 */
	readonly committeeKeysDigests?: readonly bigint[] | undefined;
	/** Blocks on top of a round's opening before this hospital takes part; by default none. */
	readonly confirmations?: number | undefined;
	/** Base weights from which the operator lets it give another update. */
	readonly acceptedRepeats?: readonly AcceptedRepeat[] | undefined;
	/** Makes the proofs: by default in this process. */
	readonly prove?: typeof prove | undefined;
};

const requireCircuits = ({ circuits, connection }: Hospital, { trainVkHash, encryptVkHash }: StudyRecord): void => {
	requireKeysForChain(connection.chain.id, [circuits.train, circuits.encrypt]);
	requireProvingKey(circuits.train, trainVkHash);
	requireProvingKey(circuits.encrypt, encryptVkHash);
};

/** Recomputed from the keys themselves, so that neither the node nor the coordinator can put others under the digest. */
const requireCommittee = (
	{ committeeKeysDigests: pinned = [], connection }: Hospital,
	{ roundId, opening }: RoundRecord,
): void => {
	const actual = committeeKeysDigest(opening.shareKeys);
	const refuse = (problem: string) =>
		new DecentraHealthError("COMMITTEE_UNEXPECTED", {
			message: `round ${roundId} was opened with the committee keys ${actual}; ${problem}`,
			nextStep:
				"Have the members confirm their keys to you outside the chain, and name the digest that follows (round submit --committee): this committee could open your update.",
		});
	if (actual !== opening.committeeKeysDigest) throw refuse(`the chain says ${opening.committeeKeysDigest}`);
	if (pinned.length === 0 && !isDevelopmentChain(connection.chain.id)) throw refuse("this hospital has named none");
	if (pinned.length > 0 && !pinned.includes(actual)) throw refuse(`this hospital accepts ${pinned.join(", ")} only`);
};

const fetchBaseWeights = async (hospital: Hospital, round: RoundRecord, study: Study): Promise<readonly number[]> => {
	const { baseDigest, baseCommitment } = round.opening;
	const bytes = await hospital.store.get(baseDigest, { signal: hospital.signal });
	const weights = decodeModel(bytes, architectureOf(study).weightCount);
	if (commitWeights(weights, 0n) === baseCommitment) return weights;
	throw new DecentraHealthError("MODEL_MALFORMED", {
		message: `the global model of round ${round.roundId} is not the committed one`,
		nextStep: "Do not take part: the coordinator registered a digest that does not belong to the commitment.",
	});
};

/** What the proofs of this hospital in this round depend on, besides the study. */
const statementOf = (round: RoundRecord, dataset: CommittedDataset, context: bigint): string => {
	const { baseCommitment, committeeKeysDigest, beacon } = round.opening;
	const parts = [context, baseCommitment, committeeKeysDigest, beacon, dataset.root, dataset.sampleCount];
	return contentDigest(new TextEncoder().encode(parts.join("|"))).hex;
};

/**
 * Checks the round's base model, trains, proves every segment, then encrypts and proves that, then publishes the bundle. Finished proofs are
 * in the journal, so a restart goes on where it was. The one-time key is drawn anew as long as the encryption is not proven: it never meets two
 * messages.
 * @param ledger that the round is of
 * @throws DecentraHealthError TRAINING_OVERFLOW, UPDATE_NORM, PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, DEVELOPMENT_KEYS, COMMITTEE_UNEXPECTED, MODEL_MALFORMED, INITIAL_MODEL_MISMATCH, MODEL_UNPROVEN,
 *   BASE_REPEATED, IPFS_UNREACHABLE, BLOCK_MISSING, JOURNAL_*, ABORTED
 */
export const proveUpdate = async (hospital: Hospital, ledger: Ledger, round: RoundRecord, study: Study) => {
	const { dataset, dataSeed, circuits, journal, progress, signal, transactor } = hospital;
	const record = requireStudy(ledger, round.studyId);
	const { epochs, stepsPerSegment, learningRate, threshold } = record.parameters;
	const proveIt = hospital.prove ?? prove;
	requireCircuits(hospital, record);
	requireCommittee(hospital, round);
	await requireProvenModel(hospital, ledger, round.baseModelId);
	const context = contextOf(hospital, round, record, transactor.address);
	const key = updateNotesKey(hospital, round);
	const statement = statementOf(round, dataset, context);
	const earlier = await journal.read(key, updateNotesSchema);
	const notes: UpdateNotes = earlier?.statement === statement ? earlier : { statement, segments: [] };

	const baseWeights = await fetchBaseWeights(hospital, round, study);
	const { beacon } = round.opening;
	const { inputs, weights, salt } = trainSegments({
		...{ study, dataset, dataSeed, statement, context, beacon, epochs, stepsPerSegment, learningRate, baseWeights },
	});
	requireUpdateNorm(study, weights, baseWeights);
	await proveSegments(inputs, {
		notes,
		proveSegment: (input) => proveIt(circuits.train, input, { signal }),
		keep: () => journal.write(key, notes),
		progress,
	});

	await claimTrainedBase(hospital, ledger, round);
	if (notes.encryption === undefined) {
		const { committee, shareKeys } = round.opening;
		const { sampleCount } = dataset;
		const encrypted = encryptUpdate({
			profile: standardProfile,
			weights,
			sampleCount,
			committeeKeys: shareKeys,
			threshold,
			context,
			randomness: { bytes: (length) => new Uint8Array(randomBytes(length)) },
		});
		const members = committee.length;
		const bundle = encodeBundle({ ...encrypted.public, members, threshold, context }, standardProfile);
		const input = encryptionCircuitInput({
			context,
			bundleDigest: contentDigest(bundle).element,
			sampleCount,
			weights,
			salt,
			baseWeights,
			normBound: normBoundInteger(study),
			committeeKeys: shareKeys,
			secrets: encrypted.secrets,
		});
		const { proof, publicSignals } = await timed(progress, "prove the encryption", () =>
			proveIt(circuits.encrypt, input, { signal }),
		);
		const [gamma = 0n, y = 0n, y2 = 0n, shareDigest = 0n] = publicSignals;
		const outputs = { gamma, y, y2, shareDigest };
		notes.encryption = { bundle: Buffer.from(bundle).toString("base64"), proof: [...proof], ...outputs };
		await journal.write(key, notes);
	}
	const { bundle: _, ...encryption } = notes.encryption;
	const bytes = bundleOf(notes.encryption);
	const bundleDigest = await timed(progress, `publish the bundle (${bytes.length} bytes)`, () =>
		ownStore(hospital).put(bytes, { signal }),
	);
	return { segments: notes.segments, bundleDigest, encryption };
};
