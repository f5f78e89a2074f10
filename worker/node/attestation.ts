/** The new global model, recomputed from the chain and IPFS, and a member's attestation to it. */
import { createCkks } from "../adapters/ckks.ts";
import { type Aggregation, aggregateRound } from "../core/aggregation/aggregateRound.ts";
import { decodeGlobalModel, encodeModel } from "../core/codecs/model.ts";
import type { RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { type GlobalModel, serverStep, stateCountOf } from "../core/serverOptimizer/serverStep.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { fetchBundle } from "./bundles.ts";
import { type Keyholder, seatOf } from "./member.ts";
import { contractCall, fetchStudy, type Participant, sendCall, timed } from "./participant.ts";
import { provenKeySums, requireProvenUpdates } from "./proofs.ts";

type Reader = Pick<Participant, "connection" | "store" | "signal">;

/** The round's base model with the server optimizer's state: its digest covers both, the commitment the weights. */
const fetchBase = async (reader: Reader, round: RoundRecord, weightCount: number): Promise<GlobalModel> => {
	const { baseDigest, baseCommitment } = round.opening;
	const base = decodeGlobalModel(await reader.store.get(baseDigest, { signal: reader.signal }), weightCount);
	if (commitWeights(base.weights, 0n) === baseCommitment) return base;
	throw new DecentraHealthError("MODEL_MALFORMED", {
		message: `the base model of round ${round.roundId} is not the committed one`,
		nextStep: "Run the audit, which says who registered a digest that does not belong to the commitment.",
	});
};

export type RecomputedModel = Aggregation & GlobalModel;

/**
 * The new global model, of the bundles and the proven key sums; SEAL adds and decrypts, the study's server optimizer makes the step.
 * @throws DecentraHealthError KEY_SUM_MISSING, KEY_SUM_MALFORMED, KEY_SUM_INCONSISTENT, PROOF_INVALID, DECRYPTION_INCONSISTENT, BUNDLE_MALFORMED,
 *   MODEL_MALFORMED, STUDY_INVALID, BLOCK_MISSING, IPFS_UNREACHABLE
 */
export const recomputeModel = async (
	reader: Reader,
	round: RoundRecord,
	study: StudyRecord,
): Promise<RecomputedModel> => {
	const { threshold, weightCount, members: memberCount } = study.parameters;
	const updates = await Promise.all(
		round.updates.map(async (update) => {
			const checked = await fetchBundle(reader, round, study, update);
			const { sampleCount } = update;
			if (checked.status === "consistent") return { sampleCount, ciphertext: checked.bundle.ciphertext };
			throw new DecentraHealthError("BUNDLE_MALFORMED", {
				message: `the update of ${update.hospital} in round ${round.roundId}: ${checked.problem}`,
				nextStep: "Challenge the update; the round can't finish with it.",
			});
		}),
	);
	const keySums = await provenKeySums(reader, round, study);
	const { serverOptimizer: optimizer } = await fetchStudy(reader.store, study, reader.signal);
	const base = stateCountOf(optimizer) === 0 ? undefined : await fetchBase(reader, round, weightCount);
	const ckks = await createCkks(standardProfile);
	const { sumAndDecrypt: decrypt } = ckks;
	try {
		const profile = standardProfile;
		const opened = aggregateRound({ profile, weightCount, updates, keySums, threshold, memberCount, decrypt });
		return { ...opened, ...serverStep({ optimizer, base, ...opened }) };
	} finally {
		ckks.close();
	}
};

const attest = async (
	attester: Participant,
	functionName: "attest" | "attestAsHospital",
	round: RoundRecord,
	study: StudyRecord,
) => {
	if (round.phase !== "Opened") {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `round ${round.roundId} is ${round.phase}, not Opened`,
			nextStep: "Wait until enough members have posted their key sums (round status).",
		});
	}
	const { weights, state } = await timed(attester.progress, `recompute the model of round ${round.roundId}`, () =>
		recomputeModel(attester, round, study),
	);
	const digest = await attester.store.put(encodeModel(weights, state), { signal: attester.signal });
	const args = [round.roundId, commitWeights(weights, 0n), digest];
	const summary = `attest to the model of round ${round.roundId}`;
	const call = contractCall(attester.connection, "roundManager", functionName, args, summary);
	return sendCall(attester, `attest-${round.roundId}`, call);
};

/** Recomputes the new global model, publishes it and attests to it. @throws DecentraHealthError as {@link recomputeModel}; TASK_REFUSED, NOT_A_MEMBER, SHARE_KEY_MISMATCH */
export const attestModel = async (member: Keyholder, round: RoundRecord, study: StudyRecord) => {
	seatOf(member, round);
	return attest(member, "attest", round, study);
};

/**
 * As {@link attestModel}, by a hospital of the frozen set when the members did not finish in their time. It has verified no proof of the others'
 * before.
 * @throws DecentraHealthError as {@link recomputeModel}; TASK_REFUSED, PROOF_INVALID
 */
export const attestAsHospital = async (hospital: Participant, round: RoundRecord, study: StudyRecord) => {
	if (!round.updates.some((update) => update.hospital === hospital.transactor.address)) {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `${hospital.transactor.address} is not in the frozen set of round ${round.roundId}`,
			nextStep: "Leave it to the hospitals whose updates are in the round (round status).",
		});
	}
	await timed(hospital.progress, `verify the proofs of ${round.updates.length} updates`, () =>
		requireProvenUpdates(hospital, round, study),
	);
	return attest(hospital, "attestAsHospital", round, study);
};
