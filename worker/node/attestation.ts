/** The new global model, recomputed from the chain and IPFS, and a member's attestation to it. */
import { createCkks } from "../adapters/ckks.ts";
import { type Aggregation, aggregateRound } from "../core/aggregation/aggregateRound.ts";
import { encodeModel } from "../core/codecs/model.ts";
import type { RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { commitWeights } from "../protocol/packing.ts";
import { standardProfile } from "../protocol/profiles.ts";
import { fetchBundle } from "./bundles.ts";
import { type Keyholder, seatOf } from "./member.ts";
import { contractCall, type Participant, sendCall, timed } from "./participant.ts";
import { provenKeySums } from "./proofs.ts";

type Reader = Pick<Participant, "connection" | "store" | "signal">;

/**
 * The new global model, of the bundles and the proven key sums; SEAL adds and decrypts.
 * @throws DecentraHealthError KEY_SUM_MISSING, KEY_SUM_MALFORMED, KEY_SUM_INCONSISTENT, PROOF_INVALID, DECRYPTION_INCONSISTENT, BUNDLE_MALFORMED,
 *   BLOCK_MISSING, IPFS_UNREACHABLE
 */
export const recomputeModel = async (reader: Reader, round: RoundRecord, study: StudyRecord): Promise<Aggregation> => {
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
	const ckks = await createCkks(standardProfile);
	const { sumAndDecrypt: decrypt } = ckks;
	try {
		return aggregateRound({ profile: standardProfile, weightCount, updates, keySums, threshold, memberCount, decrypt });
	} finally {
		ckks.close();
	}
};

/** Recomputes the new global model, publishes it and attests to it. @throws DecentraHealthError as {@link recomputeModel}; TASK_REFUSED, NOT_A_MEMBER, SHARE_KEY_MISMATCH */
export const attestModel = async (member: Keyholder, round: RoundRecord, study: StudyRecord) => {
	seatOf(member, round);
	if (round.phase !== "Opened") {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `round ${round.roundId} is ${round.phase}, not Opened`,
			nextStep: "Wait until enough members have posted their key sums (round status).",
		});
	}
	const { weights } = await timed(member.progress, `recompute the model of round ${round.roundId}`, () =>
		recomputeModel(member, round, study),
	);
	const digest = await member.store.put(encodeModel(weights), { signal: member.signal });
	const args = [round.roundId, commitWeights(weights, 0n), digest];
	const summary = `attest to the model of round ${round.roundId}`;
	const call = contractCall(member.connection, "roundManager", "attest", args, summary);
	return sendCall(member, `attest-${round.roundId}`, call);
};
