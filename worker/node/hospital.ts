/** A hospital's worker: commits to its data, trains, proves, encrypts, publishes and submits with one transaction. Nothing private leaves this process. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type CircuitFiles, prove } from "../adapters/prover.ts";
import { encodeBundle } from "../core/codecs/bundle.ts";
import { decodeModel } from "../core/codecs/model.ts";
import type { CommittedDataset } from "../core/dataset/commit.ts";
import { deriveFieldElement } from "../core/dataset/derive.ts";
import { encryptionCircuitInput } from "../core/encryption/circuitInput.ts";
import { encryptUpdate } from "../core/encryption/encryptUpdate.ts";
import type { RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { type HospitalAction, nextHospitalAction } from "../core/nextAction.ts";
import { segmentInput } from "../core/training/segmentInput.ts";
import { contentDigest } from "../protocol/contentDigest.ts";
import { updateContext } from "../protocol/context.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { architectureOf, type Study } from "../protocol/study.ts";
import { carryOut } from "./housekeeping.ts";
import { contractCall, type Participant, readLedger, requireStudy, sendCall, timed } from "./participant.ts";

export type Hospital = Participant & {
	/** Its data set as committed: derived from its rows and its secret seed. */
	readonly dataset: CommittedDataset;
	/** 32 secret bytes from the keystore; salts are derived from it. */
	readonly dataSeed: Uint8Array;
	readonly circuits: { readonly train: CircuitFiles; readonly encrypt: CircuitFiles };
};

const element = z.union([z.string().regex(/^[0-9]{1,78}$/), z.bigint()]).transform(BigInt);
const proofSchema = z.array(element).length(8);
const segmentsSchema = z.array(z.object({ proof: proofSchema, commitmentOut: element }));
const encryptionSchema = z.object({
	bundleDigest: z.custom<`0x${string}`>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value)),
	proof: proofSchema,
	gamma: element,
	y: element,
	y2: element,
});

/** Finished proofs of one round; public material that goes on chain as it is. */
const progressSchema = z.object({
	/** Everything the proofs depend on: a reorganized round makes other proofs. */
	statement: z.string(),
	segments: segmentsSchema,
	encryption: encryptionSchema.optional(),
});
type ProvenUpdate = z.infer<typeof progressSchema>;

/** Registers the data set's root; what it contains stays here. */
export const commitDatasetOnChain = (hospital: Participant & Pick<Hospital, "dataset">, studyId: bigint) => {
	const { root, sampleCount, batchCount } = hospital.dataset;
	const args = [studyId, root, sampleCount, batchCount];
	const summary = `commit to a data set of ${sampleCount} samples`;
	const call = contractCall(hospital.connection, "hospitalRegistry", "commitDataset", args, summary);
	return sendCall(hospital, `dataset-${studyId}-${root.toString(16).slice(0, 16)}`, call);
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

/** What the proofs of this hospital in this round depend on. */
const statementOf = (round: RoundRecord, dataset: CommittedDataset, context: bigint): string => {
	const { baseCommitment, committeeKeysDigest, beacon } = round.opening;
	const parts = [context, baseCommitment, committeeKeysDigest, beacon, dataset.root, dataset.sampleCount];
	return contentDigest(new TextEncoder().encode(parts.join("|"))).hex;
};

/**
 * Trains and proves every segment, then encrypts and proves that. Finished proofs are kept in the journal, so a restart goes on where it was.
 * The one-time key is drawn anew whenever the encryption is not finished: it never meets two messages.
 * @throws DecentraHealthError TRAINING_OVERFLOW, PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, IPFS_UNREACHABLE, BLOCK_MISSING, ABORTED
 */
export const proveUpdate = async (hospital: Hospital, round: RoundRecord, record: StudyRecord, study: Study) => {
	const { dataset, dataSeed, circuits, journal, progress, signal, connection, store, transactor } = hospital;
	const context = updateContext({
		chainId: connection.chain.id,
		roundManager: connection.deployment.roundManager,
		studyId: round.studyId,
		roundId: round.roundId,
		hospital: transactor.address,
		profileId: record.parameters.profileId,
	});
	const key = `update-${round.roundId}-${transactor.address.toLowerCase()}`;
	const statement = statementOf(round, dataset, context);
	const earlier = await journal.read(key, progressSchema);
	const proven: ProvenUpdate = earlier?.statement === statement ? earlier : { statement, segments: [] };

	const totalSteps = record.parameters.epochs * dataset.batchCount;
	const segmentCount = Math.ceil(totalSteps / record.parameters.stepsPerSegment);
	let weights = await fetchBaseWeights(hospital, round, study);
	let salt = 0n;
	for (let segment = 0; segment < segmentCount; segment++) {
		const saltOut = deriveFieldElement(dataSeed, `weights-salt/${statement}/${segment}`);
		const { input, weightsOut } = segmentInput({
			study,
			dataset,
			context,
			beacon: round.opening.beacon,
			firstStep: segment * record.parameters.stepsPerSegment,
			totalSteps,
			learningRate: record.parameters.learningRate,
			weightsIn: weights,
			saltIn: salt,
			saltOut,
		});
		if (proven.segments[segment] === undefined) {
			const { proof } = await timed(progress, `prove training segment ${segment + 1} of ${segmentCount}`, () =>
				prove(circuits.train, input, { signal }),
			);
			proven.segments.push({ proof: [...proof], commitmentOut: input.commitmentOut });
			await journal.write(key, proven);
		}
		weights = weightsOut;
		salt = saltOut;
	}

	// A bundle that is not in the store any more is published again only from its own bytes, which are gone: encrypt afresh.
	if (proven.encryption !== undefined && !(await store.has(proven.encryption.bundleDigest, { signal }))) {
		delete proven.encryption;
	}
	if (proven.encryption === undefined) {
		const { committee, shareKeys } = round.opening;
		const { threshold } = record.parameters;
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
			committeeKeys: shareKeys,
			secrets: encrypted.secrets,
		});
		const { proof, publicSignals } = await timed(progress, "prove the encryption", () =>
			prove(circuits.encrypt, input, { signal }),
		);
		const [gamma = 0n, y = 0n, y2 = 0n] = publicSignals;
		const bundleDigest = await timed(progress, `publish the bundle (${bundle.length} bytes)`, () =>
			store.put(bundle, { signal }),
		);
		proven.encryption = { bundleDigest, proof: [...proof], gamma, y, y2 };
		await journal.write(key, proven);
	}
	return { segments: proven.segments, encryption: proven.encryption };
};

/** Proves this hospital's update of the round and submits it with one transaction. */
export const submitUpdate = async (hospital: Hospital, round: RoundRecord, record: StudyRecord, study: Study) => {
	const { segments, encryption } = await proveUpdate(hospital, round, record, study);
	const { bundleDigest, ...evaluated } = encryption;
	const args = [round.roundId, bundleDigest, segments, evaluated];
	const call = contractCall(
		hospital.connection,
		"roundManager",
		"submitUpdate",
		args,
		`submit the update of round ${round.roundId}`,
	);
	return sendCall(hospital, `submit-${round.roundId}-${bundleDigest.slice(2, 18)}`, call);
};

/** Looks at the chain and does what is due: one action, or none. */
export const hospitalStep = async (hospital: Hospital, studyId: bigint, study: Study): Promise<HospitalAction> => {
	const { ledger, now } = await readLedger(hospital.connection);
	const action = nextHospitalAction(ledger, {
		studyId,
		hospital: hospital.transactor.address,
		datasetRoot: hospital.dataset.root,
		now,
	});
	switch (action.kind) {
		case "commitDataset":
			await commitDatasetOnChain(hospital, studyId);
			break;
		case "submitUpdate":
			await submitUpdate(hospital, action.round, requireStudy(ledger, studyId), study);
			break;
		case "freeze":
		case "fail":
			await carryOut(hospital, action);
			break;
		case "wait":
			break;
		default:
			action satisfies never;
	}
	return action;
};
