/** The new global model: recomputed from the bundles and key sums, then held against what the committee attested and the chain finalized. */
import { contentDigest } from "../../protocol/contentDigest.ts";
import { commitWeights } from "../../protocol/packing.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { type Aggregation, aggregateRound } from "../aggregation/aggregateRound.ts";
import type { MemberKeySum } from "../aggregation/openKeySums.ts";
import { plainSumAndDecrypt } from "../aggregation/sumAndDecrypt.ts";
import type { Bundle } from "../codecs/bundle.ts";
import { encodeModel } from "../codecs/model.ts";
import type { ModelRecord, StudyRecord } from "../ledger/state.ts";
import { memberPlace } from "./auditKeySums.ts";
import { check, eventPlace, finding, mismatch, requireEqual, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import { type RoundHistory, sameModel } from "./replay/state.ts";
import type { Check } from "./report.ts";

export type ResultAudit = {
	readonly round: RoundHistory;
	readonly study: StudyRecord;
	/** One per accepted update; undefined when it could not be had or is not the proven one. */
	readonly bundles: readonly (Bundle | undefined)[];
	/** Proven ones. */
	readonly keySums: readonly MemberKeySum[];
	readonly models: readonly ModelRecord[];
};

type Model = { readonly modelCommitment: bigint; readonly modelDigest: `0x${string}` };

async function* auditAggregate(
	{ decrypt = plainSumAndDecrypt(standardProfile) }: AuditPorts,
	{ round, study, bundles, keySums }: ResultAudit,
): AsyncGenerator<Check, Aggregation | undefined> {
	const place = { studyId: String(round.studyId), roundId: String(round.roundId) };
	const { weightCount, threshold, members: memberCount } = study.parameters;
	const updates = round.accepted.flatMap(({ sampleCount }, index) => {
		const ciphertext = bundles[index]?.ciphertext;
		return ciphertext === undefined ? [] : [{ sampleCount, ciphertext }];
	});
	if (updates.length < round.accepted.length) {
		yield skipped("round.aggregate", place, `${round.accepted.length - updates.length} bundles can't be used`);
		return undefined;
	}
	if (keySums.length < threshold) {
		yield skipped("round.aggregate", place, `${keySums.length} of ${threshold} key sums are proven`);
		return undefined;
	}
	const profile = standardProfile;
	const aggregation = yield* check("round.aggregate", place, {
		run: () => aggregateRound({ profile, weightCount, updates, keySums, threshold, memberCount, decrypt }),
		detail: ({ sampleSum, residuals: { greatest, bound } }) =>
			`${updates.length} updates of ${sampleSum} samples; greatest residual ${greatest}, bound ${bound}`,
		// A failed round left the model unchanged.
		severity: round.phase === "Finalized" ? "failed" : "warning",
	});
	return aggregation?.value;
}

async function* auditAttestations(round: RoundHistory, recomputed: Model | undefined): AsyncGenerator<Check, void> {
	for (const attestation of round.attestations) {
		const place = memberPlace(round, attestation);
		if (!round.opening.committee.includes(attestation.member)) {
			const problem = mismatch(`${attestation.member} is not on the round's committee`);
			yield finding("round.attestation", place, "failed", problem);
		} else if (recomputed === undefined || sameModel(attestation, recomputed)) {
			const detail = recomputed === undefined ? "by a member of the committee" : "to the recomputed model";
			yield { id: "round.attestation", place, status: "ok", detail };
		} else {
			// It changes nothing when the finalized model is right: round.result decides that.
			const problem = mismatch(`${attestation.member} attested to another model than the recomputed one`);
			yield finding("round.attestation", place, "warning", problem);
		}
	}
}

/** Checks everything after the freeze that the new model depends on. */
export async function* auditResult(ports: AuditPorts, audit: ResultAudit): AsyncGenerator<Check, void> {
	const { round, study, models } = audit;
	const { finalized } = round;
	const aggregation = round.completed === undefined ? undefined : yield* auditAggregate(ports, audit);
	const recomputed = aggregation && {
		modelCommitment: commitWeights(aggregation.weights, 0n),
		modelDigest: contentDigest(encodeModel(aggregation.weights)).hex,
	};
	yield* auditAttestations(round, recomputed);
	if (finalized === undefined) return;
	const place = {
		studyId: String(round.studyId),
		roundId: String(round.roundId),
		modelId: String(finalized.modelId),
		...eventPlace(finalized.place),
	};
	if (recomputed === undefined) {
		yield skipped("round.result", place, "the sum could not be decrypted again");
	} else {
		yield* check("round.result", place, {
			run: () => {
				requireEqual("the finalized model's commitment", finalized.modelCommitment, recomputed.modelCommitment);
				requireEqual("the finalized model's digest", finalized.modelDigest, recomputed.modelDigest);
			},
			detail: `model ${finalized.modelId} is the recomputed one`,
		});
	}
	yield* check("round.finalized", place, {
		run: () => {
			const equal = round.attestations.filter(
				(attestation) => sameModel(attestation, finalized) && round.opening.committee.includes(attestation.member),
			);
			const attesting = new Set(equal.map(({ member }) => member)).size;
			const { threshold } = study.parameters;
			if (attesting < threshold) throw mismatch(`${attesting} members attested to the model, not ${threshold}`);
			const appended = models.find(({ roundId }) => roundId === round.roundId);
			requireEqual("the round's model", appended?.modelId, finalized.modelId);
			requireEqual("its commitment", appended?.commitment, finalized.modelCommitment);
			requireEqual("its digest", appended?.digest, finalized.modelDigest);
			return attesting;
		},
		detail: (attesting) => `${attesting} members attested to model ${finalized.modelId}`,
	});
}
