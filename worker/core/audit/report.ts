/** What an audit says: one check after another, and their summary. Schema of `npm run audit -- --json`. */
import { z } from "zod";

/** Stable names of the checks, in the order in which they are made. */
export const CHECK_IDS = [
	/** Events are in the chain's order, each once. */
	"history.order",
	/** As many studies, models and rounds as the contracts say that they have. */
	"history.complete",
	/** Admissions, share keys and data sets follow the registry's rules. */
	"history.registry",
	/** Studies and models are numbered and appended by the rules. */
	"history.study",
	/** Every round went through its phases by the rules. */
	"history.round",
	/** The definition is the block that the chain names, and has the schema of a study. */
	"study.definition",
	/** The parameters on chain are the definition's. */
	"study.parameters",
	/** The training circuit's verification key is the block that the chain names. */
	"study.trainKey",
	"study.encryptKey",
	"study.keySumKey",
	/** The model follows the study's previous one, through a finalized round. */
	"model.lineage",
	/** The model's object is the block that the chain names. */
	"model.object",
	/** The commitment on chain is that of the object's weights. */
	"model.commitment",
	/** The initial model is the one that the study's definition gives in this deployment: nobody chose it. */
	"model.initial",
	/** The round trains from the model that was current when it was opened. */
	"round.opening.base",
	/** The committee's members and share keys are those that the registry held at that moment. */
	"round.opening.committee",
	/** Every share key is a point of the prime-order subgroup. */
	"round.opening.keys",
	"round.opening.keysDigest",
	/** Enough hospitals had committed data; the expected number is theirs. */
	"round.opening.hospitals",
	/** The batch order is the one that the preceding block's hash determines. */
	"round.opening.beacon",
	/** Every step of the round was within its deadlines, and none before its time. */
	"round.timing",
	/** The hospital was admitted when it submitted. */
	"round.update.hospital",
	/** The data set was registered before the round opened, and is the one that was trained on. */
	"round.update.dataset",
	"round.update.context",
	/** As many segments as the steps need, in order. */
	"round.update.segments",
	"round.update.segment.proof",
	/** The encrypted weights are the trained ones: the last segment's commitment. */
	"round.update.commitment",
	"round.update.encryption.proof",
	/** The bundle is the block that the chain names, well formed, made for this round and hospital. */
	"round.update.bundle",
	/** Ciphertext, key shares and share commitments take the proven values at gamma. */
	"round.update.evaluation",
	/** The proven digest of the share commitments is that of the bundle's. */
	"round.update.shareDigest",
	/** An update that the contract removed was indeed inconsistent. */
	"round.challenge",
	/** No more updates and samples than the encryption allows. */
	"round.limits",
	/** An update that the frozen set lacks was held by fewer than t members. */
	"round.excluded",
	/** The frozen set is the updates that t members hold, in the order of acceptance, and enough. */
	"round.frozen.set",
	"round.frozen.digest",
	/** No other set of hospitals was frozen over the same base weights. */
	"round.frozen.base",
	/** The poster has this seat on the committee. */
	"round.keySum.member",
	/** The key sum has the right form, its proofs' masks cancel, and their evaluations add up to its own at gamma. */
	"round.keySum.statement",
	/** One proof of a key sum: over the share digests of its part of the frozen set. */
	"round.keySum.proof",
	/** At least t key sums are proven, and all of them lie on the same polynomials. */
	"round.keySum.agreement",
	/** The key sums open a key that decrypts the sum of the ciphertexts. */
	"round.aggregate",
	/** The study's server optimizer makes a new model of the base model and the sum. */
	"round.step",
	/** The attesting member sits on the committee, or the hospital is in the frozen set, and attested to the recomputed model. */
	"round.attestation",
	/** The finalized model is the recomputed one. */
	"round.result",
	/** t members, or more than half of the frozen hospitals, attested to the finalized model. */
	"round.finalized",
	/** The round failed for the reason that its events show, and left the model unchanged. */
	"round.failed",
	/** A round that has not ended yet. */
	"round.phase",
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

const decimal = z.string().regex(/^[0-9]+$/);
const hex = z.string().regex(/^0x[0-9a-fA-F]+$/);

/** Where on the chain the checked thing is. Ids are decimal strings: they are 256-bit numbers there. */
export const placeSchema = z.strictObject({
	studyId: decimal.optional(),
	modelId: decimal.optional(),
	roundId: decimal.optional(),
	hospital: hex.optional(),
	member: hex.optional(),
	/** From 0. */
	segment: z.int().min(0).optional(),
	/** Which of a key sum's proofs, from 0. */
	keySumProof: z.int().min(0).optional(),
	/** Of the event. */
	block: decimal.optional(),
	transaction: hex.optional(),
});
export type CheckPlace = Readonly<z.infer<typeof placeSchema>>;

export const checkSchema = z.strictObject({
	id: z.enum(CHECK_IDS),
	place: placeSchema,
	/**
	 * warning: something is wrong that the protocol tolerates, the result is right without it;
	 * skipped: cannot be checked because of an earlier failure.
	 */
	status: z.enum(["ok", "warning", "failed", "skipped"]),
	detail: z.string(),
	/** ErrorCode of a failure or warning. */
	code: z.string().optional(),
	nextStep: z.string().optional(),
});
export type Check = Readonly<z.infer<typeof checkSchema>>;

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

export const auditReportSchema = z.strictObject({
	version: z.literal(1),
	chainId: z.int(),
	deployment: z.strictObject({ hospitalRegistry: address, modelRegistry: address, roundManager: address }),
	/** Newest block that was read. */
	blockNumber: decimal,
	/** Set when the audit was limited to one study. */
	studyId: decimal.optional(),
	/** True when no check failed. */
	clean: z.boolean(),
	counts: z.strictObject({ ok: z.int(), warning: z.int(), failed: z.int(), skipped: z.int() }),
	/** Wall time of the whole audit. */
	seconds: z.number(),
	firstFailure: checkSchema.optional(),
	/** `seconds`: wall time of the check. */
	checks: z.array(checkSchema.extend({ seconds: z.number() })),
});
export type AuditReport = Readonly<z.infer<typeof auditReportSchema>>;

export type AuditSummary = Pick<AuditReport, "clean" | "counts" | "firstFailure">;

export const summarize = (checks: readonly Check[]): AuditSummary => {
	const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
	const firstFailure = checks.find(({ status }) => status === "failed");
	return {
		clean: firstFailure === undefined,
		counts: { ok: count("ok"), warning: count("warning"), failed: count("failed"), skipped: count("skipped") },
		...(firstFailure === undefined ? {} : { firstFailure }),
	};
};
