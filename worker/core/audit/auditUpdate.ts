/** One accepted update: everything the contract checked when it accepted it, and what it could not check: the bundle. */
import { committeeKeysDigest } from "../../protocol/committeeKeysDigest.ts";
import { updateContext } from "../../protocol/context.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { type Bundle, decodeBundle } from "../codecs/bundle.ts";
import { evaluateBundle } from "../encryption/evaluateBundle.ts";
import { shareDigest } from "../encryption/shareCommitments.ts";
import type { DatasetRecord, StudyRecord } from "../ledger/state.ts";
import { auditEncryptionProof, auditSegmentProofs, type Statement, segmentCounts } from "./auditProofs.ts";
import type { StudyKeys } from "./auditStudy.ts";
import { check, eventPlace, fetchObject, mismatch, requireEqual, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory, Submission } from "./replay/state.ts";
import type { Check, CheckPlace } from "./report.ts";

export type UpdateAudit = {
	readonly round: RoundHistory;
	readonly study: StudyRecord;
	readonly keys: StudyKeys;
};

const requireDataset = (submission: Submission, { round, study }: UpdateAudit): DatasetRecord => {
	const { dataset, datasetRoot, batchCount, sampleCount } = submission;
	if (dataset === undefined) throw mismatch("the hospital had no data set in this study");
	if (dataset.registeredAt >= round.place.blockNumber) {
		throw mismatch(
			`the data set was registered in block ${dataset.registeredAt}, the round opened in ${round.place.blockNumber}`,
		);
	}
	requireEqual("the data set's root", datasetRoot, dataset.root);
	requireEqual("its number of batches", batchCount, dataset.batchCount);
	requireEqual("its number of samples", sampleCount, dataset.sampleCount);
	requireEqual("its number of samples", sampleCount, batchCount * study.parameters.batchSize);
	return dataset;
};

const requireSegments = ({ segments }: Submission, expected: number): void => {
	requireEqual("the number of segments", segments.length, expected);
	segments.forEach(({ segment }, index) => {
		requireEqual(`the index of segment ${index}`, segment, BigInt(index));
	});
};

/** The bundle, and whether it is what the proof says: exactly the contract's rule for a challenge. */
export async function* auditBundle(
	ports: AuditPorts,
	submission: Submission,
	{ context, round, study, place }: { context: bigint; round: RoundHistory; study: StudyRecord; place: CheckPlace },
): AsyncGenerator<Check, Bundle | undefined> {
	const { bundleDigest, encryption } = submission;
	// Only the bundles of a frozen set are in a model; t members hold those. A failed round left the model unchanged.
	const counts = round.frozen !== undefined && round.phase !== "Failed" && round.accepted.includes(submission);
	const severity = counts ? "failed" : "warning";
	const { threshold, weightCount } = study.parameters;
	const expected = { members: round.opening.committee.length, threshold, context, weightCount };
	const bundle = yield* check("round.update.bundle", place, {
		run: async () => {
			const bytes = await fetchObject(ports, bundleDigest);
			return { bytes: bytes.length, ...decodeBundle(bytes, standardProfile, expected) };
		},
		detail: ({ bytes }) => `${bytes} bytes, digest ${bundleDigest}`,
		severity,
	});
	if (bundle === undefined) {
		yield skipped("round.update.evaluation", place, "there is no bundle to evaluate");
		return undefined;
	}
	const evaluation = yield* check("round.update.evaluation", place, {
		run: () => {
			const { y, y2 } = evaluateBundle(bundle.value, encryption.gamma);
			requireEqual("the ciphertext at gamma", y, encryption.y);
			requireEqual("key shares and commitments at gamma", y2, encryption.y2);
		},
		detail: "ciphertext, key shares and their commitments take the proven values",
		severity,
	});
	return evaluation === undefined ? undefined : bundle.value;
}

/** The digest for the proofs' signals: recomputed, or the event's when its keys are no field elements (a failed check of the opening). */
const keysDigestOf = ({ opening }: RoundHistory): bigint => {
	try {
		return committeeKeysDigest(opening.shareKeys);
	} catch {
		return opening.committeeKeysDigest;
	}
};

/** @returns the bundle when it is the proven one */
export async function* auditUpdate(
	ports: AuditPorts,
	submission: Submission,
	audit: UpdateAudit,
): AsyncGenerator<Check, Bundle | undefined> {
	const { round, study, keys } = audit;
	const { hospital, admitted } = submission;
	const place = {
		studyId: String(round.studyId),
		roundId: String(round.roundId),
		hospital,
		...eventPlace(submission.place),
	};
	yield* check("round.update.hospital", place, {
		run: () => {
			if (!admitted) throw mismatch(`${hospital} was not admitted`);
		},
		detail: "admitted when it submitted",
	});
	const dataset = yield* check("round.update.dataset", place, {
		run: () => requireDataset(submission, audit),
		detail: ({ sampleCount, batchCount, registeredAt }) =>
			`${sampleCount} samples in ${batchCount} batches, registered in block ${registeredAt}`,
	});
	const context = updateContext({
		chainId: ports.chainId,
		roundManager: ports.deployment.roundManager,
		studyId: round.studyId,
		roundId: round.roundId,
		hospital,
		profileId: study.parameters.profileId,
	});
	yield* check("round.update.context", place, {
		run: () => requireEqual("the context", submission.context, context),
		detail: "recomputed from chain, contract, study, round and hospital",
	});
	// The registry's data set decides, also when the update names another one.
	const registered = dataset?.value ?? submission.dataset;
	if (registered === undefined) {
		const because = "the hospital had no data set";
		yield skipped("round.update.segments", place, because);
		yield skipped("round.update.segment.proof", place, because);
		yield skipped("round.update.encryption.proof", place, because);
	} else {
		const statement: Statement = {
			study,
			round,
			dataset: registered,
			context,
			committeeKeysDigest: keysDigestOf(round),
		};
		const { totalSteps, segments } = segmentCounts(study, registered);
		yield* check("round.update.segments", place, {
			run: () => requireSegments(submission, segments),
			detail: `${segments} segments for ${totalSteps} steps`,
		});
		yield* auditSegmentProofs(ports, submission, { statement, keys, place });
		yield* check("round.update.commitment", place, {
			run: () =>
				requireEqual(
					"the weights' commitment",
					submission.weightsCommitment,
					submission.segments.at(-1)?.commitmentOut,
				),
			detail: "the last segment's",
		});
		yield* auditEncryptionProof(ports, submission, { statement, keys, place });
	}
	const challenged = round.challenges.some((challenge) => challenge.hospital === hospital);
	if (challenged) return undefined;
	const bundle = yield* auditBundle(ports, submission, { context, round, study, place });
	if (bundle === undefined) {
		yield skipped("round.update.shareDigest", place, "there is no proven bundle to compare with");
	} else {
		// Key sums are proven against the digest, and members check their shares against the commitments.
		yield* check("round.update.shareDigest", place, {
			run: () => {
				const digest = shareDigest(context, bundle.shareCommitments);
				requireEqual("the share digest", submission.encryption.shareDigest, digest);
			},
			detail: "recomputed from the bundle's share commitments",
		});
	}
	return bundle;
}
