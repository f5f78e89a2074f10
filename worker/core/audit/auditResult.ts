/** The new global model: recomputed from the bundles and key sums, then held against what the committee attested and the chain finalized. */
import { contentDigest } from "../../protocol/contentDigest.ts";
import { commitWeights } from "../../protocol/packing.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { type Aggregation, aggregateRound } from "../aggregation/aggregateRound.ts";
import type { MemberKeySum } from "../aggregation/openKeySums.ts";
import { plainSumAndDecrypt } from "../aggregation/sumAndDecrypt.ts";
import type { Bundle } from "../codecs/bundle.ts";
import { decodeGlobalModel, encodeModel } from "../codecs/model.ts";
import { isMajority, type ModelRecord, type StudyRecord } from "../ledger/state.ts";
import { type GlobalModel, serverStep, stateCountOf } from "../serverOptimizer/serverStep.ts";
import { memberPlace } from "./auditKeySums.ts";
import { check, eventPlace, fetchObject, finding, mismatch, requireEqual, skipped } from "./check.ts";
import { definitionOf } from "./definitionOf.ts";
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

const roundPlace = ({ studyId, roundId }: RoundHistory) => ({ studyId: String(studyId), roundId: String(roundId) });

type Model = { readonly modelCommitment: bigint; readonly modelDigest: `0x${string}` };

async function* auditAggregate(
	{ decrypt = plainSumAndDecrypt(standardProfile) }: AuditPorts,
	{ round, study, bundles, keySums }: ResultAudit,
): AsyncGenerator<Check, Aggregation | undefined> {
	const place = roundPlace(round);
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

/** The study's server optimizer steps from the base model, with the state in its object, to the new one. */
async function* auditStep(
	ports: AuditPorts,
	{ round, study }: ResultAudit,
	opened: Aggregation,
): AsyncGenerator<Check, GlobalModel | undefined> {
	const place = roundPlace(round);
	const { definitionDigest, weightCount } = study.parameters;
	const optimizer = (await definitionOf(ports, definitionDigest))?.serverOptimizer;
	if (optimizer === undefined) {
		yield skipped("round.step", place, "there is no definition that names the server optimizer");
		return undefined;
	}
	const fetchBase = async (): Promise<GlobalModel> => {
		const { baseDigest, baseCommitment } = round.opening;
		const base = decodeGlobalModel(await fetchObject(ports, baseDigest), weightCount);
		requireEqual("the base model's commitment", commitWeights(base.weights, 0n), baseCommitment);
		return base;
	};
	const stepped = yield* check("round.step", place, {
		run: async () => {
			const base = stateCountOf(optimizer) === 0 ? undefined : await fetchBase();
			return serverStep({ optimizer, base, ...opened });
		},
		detail: ({ state }) => `by ${optimizer.kind}${state.length === 0 ? "" : `, with ${state.length} arrays of state`}`,
		severity: round.phase === "Finalized" ? "failed" : "warning",
	});
	return stepped?.value;
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

/** The members had their time; the model is a public function of public data. */
async function* auditHospitalAttestations(
	round: RoundHistory,
	recomputed: Model | undefined,
): AsyncGenerator<Check, void> {
	for (const attestation of round.hospitalAttestations) {
		const place = { ...roundPlace(round), hospital: attestation.hospital, ...eventPlace(attestation.place) };
		if (recomputed === undefined || sameModel(attestation, recomputed)) {
			const detail = recomputed === undefined ? "by a hospital of the frozen set" : "to the recomputed model";
			yield { id: "round.attestation", place, status: "ok", detail };
		} else {
			const problem = mismatch(`${attestation.hospital} attested to another model than the recomputed one`);
			yield finding("round.attestation", place, "warning", problem);
		}
	}
}

/** Checks everything after the freeze that the new model depends on. */
export async function* auditResult(ports: AuditPorts, audit: ResultAudit): AsyncGenerator<Check, void> {
	const { round, study, models } = audit;
	const { finalized } = round;
	const aggregation = round.completed === undefined ? undefined : yield* auditAggregate(ports, audit);
	const model = aggregation && (yield* auditStep(ports, audit, aggregation));
	const recomputed = model && {
		modelCommitment: commitWeights(model.weights, 0n),
		modelDigest: contentDigest(encodeModel(model.weights, model.state)).hex,
	};
	yield* auditAttestations(round, recomputed);
	yield* auditHospitalAttestations(round, recomputed);
	if (finalized === undefined) return;
	const place = {
		...roundPlace(round),
		modelId: String(finalized.modelId),
		...eventPlace(finalized.place),
	};
	if (recomputed === undefined) {
		yield skipped("round.result", place, "the new model could not be recomputed");
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
			const hospitals = round.hospitalAttestations.filter((attestation) => sameModel(attestation, finalized)).length;
			if (attesting < threshold && !isMajority(hospitals, round.accepted.length)) {
				throw mismatch(
					`${attesting} members, not ${threshold}, and ${hospitals} of ${round.accepted.length} hospitals attested to the model`,
				);
			}
			const appended = models.find(({ roundId }) => roundId === round.roundId);
			requireEqual("the round's model", appended?.modelId, finalized.modelId);
			requireEqual("its commitment", appended?.commitment, finalized.modelCommitment);
			requireEqual("its digest", appended?.digest, finalized.modelDigest);
			return { attesting, hospitals };
		},
		detail: ({ attesting, hospitals }) =>
			`${attesting} members${hospitals === 0 ? "" : ` and ${hospitals} hospitals`} attested to model ${finalized.modelId}`,
	});
}
