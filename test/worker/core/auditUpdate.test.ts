import { hexToBigInt, keccak256, toHex } from "viem";
import type { CheckId } from "../../../worker/core/audit/report.ts";
import { FIELD_ORDER, toField } from "../../../worker/protocol/field.ts";
import { encryptUpdateSignals } from "../../../worker/protocol/publicSignals.ts";
import { forgeProof } from "../../support/audit/forgery.ts";
import { damageBlock, dropEvent, eventOf } from "../../support/audit/runAudit.ts";
import { HOSPITALS } from "../../support/audit/syntheticConsortium.ts";
import {
	finalizedChain,
	flip,
	openingOf,
	testTamperings,
	UNDECRYPTABLE,
	UNOPENED,
	updateOf,
} from "../../support/audit/tampering.ts";

const [A, B, C] = HOSPITALS;

const SEED = "tampering";

/** What depends on the digest of the frozen set, which covers the share digests. */
const ANOTHER_SET: readonly CheckId[] = ["round.frozen.digest", "round.keySum.statement", "round.keySum.proof"];

testTamperings(finalizedChain(SEED), [
	{
		name: "a hospital that was never admitted",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "HospitalAdmitted", 1)),
		id: "history.registry",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.registry", "round.update.hospital"],
	},
	{
		name: "another data set than the registered one",
		tamper: (chain) => {
			updateOf(chain).datasetRoot += 1n;
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		place: { hospital: A },
	},
	{
		name: "a registered data set that was not trained on",
		tamper: (chain) => {
			eventOf(chain, "DatasetCommitted", 1).args.root += 1n;
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		place: { hospital: B },
		affected: ["round.update.dataset", "round.update.segment.proof"],
	},
	{
		name: "more samples claimed than registered",
		tamper: (chain) => {
			updateOf(chain, 2).sampleCount += 8;
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		place: { hospital: C },
		affected: ["round.update.dataset", "round.attestation", "round.result"],
	},
	{
		name: "a data set registered after the round was opened",
		tamper: (chain) => {
			const commitment = structuredClone(eventOf(chain, "DatasetCommitted", 1));
			const opened = eventOf(chain, "RoundOpened");
			const { blockNumber } = opened.place;
			commitment.args.registeredAt = blockNumber;
			commitment.place = { blockNumber, transactionHash: keccak256(toHex("late")), logIndex: 1 };
			chain.events.splice(chain.events.indexOf(opened as never) + 1, 0, commitment as never);
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		place: { hospital: B },
	},
	{
		name: "more samples than the encryption allows",
		tamper: (chain) => {
			updateOf(chain, 1).sampleCount += 2 ** 15;
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		place: { hospital: B },
		affected: ["round.update.dataset", "round.limits", ...UNDECRYPTABLE],
	},
	{
		name: "another context",
		tamper: (chain) => {
			updateOf(chain, 1).context += 1n;
		},
		id: "round.update.context",
		code: "AUDIT_MISMATCH",
		place: { hospital: B },
	},
	{
		name: "the update of one hospital under another's name",
		tamper: (chain) => {
			const [one, other] = [eventOf(chain, "UpdateSubmitted", 1).args, eventOf(chain, "UpdateSubmitted", 2).args];
			[one.update, other.update] = [other.update, one.update];
		},
		id: "round.update.dataset",
		code: "AUDIT_MISMATCH",
		affected: [
			"round.update.dataset",
			"round.update.context",
			"round.update.commitment",
			"round.update.encryption.proof",
			"round.update.bundle",
			"round.update.evaluation",
			"round.update.shareDigest",
			"round.frozen.set",
			"round.frozen.digest",
			"round.keySum.statement",
			"round.keySum.proof",
			...UNOPENED,
		],
	},
	{
		name: "a segment is left out",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "SegmentProven", 0)),
		id: "round.update.segments",
		code: "AUDIT_MISMATCH",
		place: { hospital: A },
		affected: ["round.update.segments", "round.update.segment.proof"],
	},
	{
		name: "one coordinate of a segment's proof",
		tamper: (chain) => {
			const { proof } = eventOf(chain, "SegmentProven", 1).args;
			proof[6] += 1n;
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { hospital: A, segment: 1 },
	},
	{
		name: "a valid proof of another segment",
		tamper: (chain) => {
			const [one, other] = [eventOf(chain, "SegmentProven", 0).args, eventOf(chain, "SegmentProven", 1).args];
			one.proof = other.proof;
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { hospital: A, segment: 0 },
	},
	{
		name: "the commitment between two segments",
		tamper: (chain) => {
			eventOf(chain, "SegmentProven", 0).args.commitmentOut += 1n;
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { hospital: A, segment: 0 },
	},
	{
		name: "a commitment that is no field element",
		tamper: (chain) => {
			eventOf(chain, "SegmentProven", 0).args.commitmentOut += FIELD_ORDER;
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { hospital: A, segment: 0 },
	},
	{
		name: "another commitment of the trained weights",
		tamper: (chain) => {
			updateOf(chain).weightsCommitment += 1n;
		},
		id: "round.update.commitment",
		code: "AUDIT_MISMATCH",
		place: { hospital: A },
	},
	{
		name: "the last segment's commitment",
		tamper: (chain) => {
			eventOf(chain, "SegmentProven", 2).args.commitmentOut += 1n;
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { hospital: B, segment: 0 },
		affected: ["round.update.segment.proof", "round.update.commitment", "round.update.encryption.proof"],
	},
	{
		name: "one coordinate of the encryption's proof",
		tamper: (chain) => {
			const { proof } = updateOf(chain, 2).encryption;
			proof[0] += 1n;
		},
		id: "round.update.encryption.proof",
		code: "PROOF_INVALID",
		place: { hospital: C },
	},
	{
		name: "another gamma",
		tamper: (chain) => {
			updateOf(chain).encryption.gamma += 1n;
		},
		id: "round.update.encryption.proof",
		code: "PROOF_INVALID",
		place: { hospital: A },
		affected: [
			"round.update.encryption.proof",
			"round.update.evaluation",
			"round.update.shareDigest",
			...UNDECRYPTABLE,
		],
	},
	{
		name: "another share digest",
		tamper: (chain) => {
			updateOf(chain, 1).encryption.shareDigest += 1n;
		},
		id: "round.update.encryption.proof",
		code: "PROOF_INVALID",
		place: { hospital: B },
		affected: ["round.update.encryption.proof", "round.update.shareDigest", ...ANOTHER_SET, ...UNOPENED],
	},
	{
		name: "another share digest, with a proof by a trapdoor",
		tamper: (chain) => {
			const { bundleDigest, context, sampleCount, weightsCommitment, encryption } = updateOf(chain, 1);
			encryption.shareDigest += 1n;
			const { committeeKeysDigest, baseCommitment } = openingOf(chain);
			const signals = encryptUpdateSignals({
				...encryption,
				context,
				bundleDigest: toField(hexToBigInt(bundleDigest)),
				sampleCount: BigInt(sampleCount),
				weightsCommitment,
				committeeKeysDigest,
				baseCommitment,
			});
			encryption.proof = [...forgeProof(chain, SEED, { circuit: "encrypt", signals })];
		},
		id: "round.update.shareDigest",
		code: "AUDIT_MISMATCH",
		place: { hospital: B },
		affected: ["round.update.shareDigest", ...ANOTHER_SET, ...UNOPENED],
	},
	{
		name: "one byte of a bundle",
		tamper: (chain) => damageBlock(chain, updateOf(chain, 1).bundleDigest, (bytes) => flip(bytes, 5000)),
		id: "round.update.bundle",
		code: "BLOCK_MISMATCH",
		place: { roundId: "1", hospital: B },
		affected: ["round.update.bundle", "round.update.evaluation", "round.update.shareDigest", ...UNDECRYPTABLE],
	},
	{
		name: "a missing bundle",
		tamper: (chain) => chain.blocks.delete(updateOf(chain, 1).bundleDigest),
		id: "round.update.bundle",
		code: "BLOCK_MISSING",
		place: { hospital: B },
		affected: ["round.update.bundle", "round.update.evaluation", "round.update.shareDigest", ...UNDECRYPTABLE],
	},
]);
