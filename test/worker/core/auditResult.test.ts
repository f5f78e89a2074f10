/** Tampering with frozen sets, key sums and results. */
import { keccak256, toHex } from "viem";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { address, put } from "../../support/audit/ledgerWriter.ts";
import { damageBlock, dropEvent, eventOf } from "../../support/audit/runAudit.ts";
import { MEMBERS } from "../../support/audit/syntheticConsortium.ts";
import { finalizedChain, flip, republish, testTamperings, UNDECRYPTABLE } from "../../support/audit/tampering.ts";
import { loadStudy } from "../../support/wdbc.ts";

const WEIGHTS = architectureOf(loadStudy()).weightCount;
const [first] = MEMBERS;

testTamperings(finalizedChain("tampering"), [
	{
		name: "another order of the frozen set",
		tamper: (chain) => {
			eventOf(chain, "RoundFrozen").args.hospitals.reverse();
		},
		id: "round.frozen.set",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1" },
	},
	{
		name: "a frozen set without one of the updates",
		tamper: (chain) => {
			const frozen = eventOf(chain, "RoundFrozen").args;
			frozen.hospitals.pop();
			frozen.bundleDigests.pop();
		},
		id: "round.frozen.set",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "another digest of the frozen set",
		tamper: (chain) => {
			eventOf(chain, "RoundFrozen").args.frozenSetDigest = keccak256(toHex("another"));
		},
		id: "round.frozen.digest",
		code: "AUDIT_MISMATCH",
	},
	{
		name: "a false share sum, where only t were posted",
		tamper: (chain) => {
			const posted = eventOf(chain, "KeySumPosted", 1).args;
			posted.keySumDigest = republish(chain, posted.keySumDigest, (bytes) => flip(bytes, 44 + 31));
		},
		id: "round.aggregate",
		code: "DECRYPTION_INCONSISTENT",
		place: { roundId: "1" },
		affected: [...UNDECRYPTABLE],
	},
	{
		name: "one byte of a key sum object",
		tamper: (chain) =>
			damageBlock(chain, eventOf(chain, "KeySumPosted", 0).args.keySumDigest, (bytes) => flip(bytes, 60)),
		id: "round.keySum.count",
		code: "KEY_SUM_MISSING",
		affected: ["round.keySum.object", "round.keySum.count", ...UNDECRYPTABLE],
	},
	{
		name: "a key sum for another frozen set",
		tamper: (chain) => {
			const posted = eventOf(chain, "KeySumPosted", 1).args;
			posted.keySumDigest = republish(chain, posted.keySumDigest, (bytes) => flip(bytes, 20));
		},
		id: "round.keySum.count",
		code: "KEY_SUM_MISSING",
		affected: ["round.keySum.object", "round.keySum.count", ...UNDECRYPTABLE],
	},
	{
		name: "a key sum by somebody who is not on the committee",
		tamper: (chain) => {
			eventOf(chain, "KeySumPosted", 0).args.member = address("stranger");
		},
		id: "round.keySum.member",
		code: "AUDIT_MISMATCH",
		place: { member: address("stranger") },
		affected: ["round.keySum.member", "round.keySum.count", ...UNDECRYPTABLE],
	},
	{
		name: "a key sum at another member's index",
		tamper: (chain) => {
			eventOf(chain, "KeySumPosted", 0).args.index = 3;
		},
		id: "round.keySum.member",
		code: "AUDIT_MISMATCH",
		place: { member: first },
		affected: ["round.keySum.member", "round.keySum.object", "round.keySum.count", ...UNDECRYPTABLE],
	},
	{
		name: "another finalized model, attested, appended and published",
		tamper: (chain) => {
			const weights = new Array<number>(WEIGHTS).fill(0);
			const model = {
				modelCommitment: commitWeights(weights, 0n),
				modelDigest: put(chain.blocks, encodeModel(weights)),
			};
			Object.assign(eventOf(chain, "ModelAttested", 0).args, model);
			Object.assign(eventOf(chain, "ModelAttested", 1).args, model);
			Object.assign(eventOf(chain, "RoundFinalized").args, model);
			const appended = { commitment: model.modelCommitment, digest: model.modelDigest };
			Object.assign(eventOf(chain, "ModelAppended", 1).args, appended);
		},
		id: "round.result",
		code: "AUDIT_MISMATCH",
		place: { roundId: "1", modelId: "2" },
		affected: ["round.attestation", "round.result"],
	},
	{
		name: "an attestation to another model",
		tamper: (chain) => {
			eventOf(chain, "ModelAttested", 0).args.modelCommitment += 1n;
		},
		id: "history.study",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.study", "history.round", "round.attestation", "round.finalized"],
	},
	{
		name: "an attestation by somebody who is not on the committee",
		tamper: (chain) => {
			eventOf(chain, "ModelAttested", 0).args.member = address("stranger");
		},
		id: "round.attestation",
		code: "AUDIT_MISMATCH",
		place: { member: address("stranger") },
		affected: ["round.attestation", "round.finalized"],
	},
	{
		name: "a finalized round without its second attestation",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "ModelAttested", 1)),
		id: "history.study",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.study", "history.round", "round.finalized"],
	},
	{
		name: "another commitment of the new model in the registry",
		tamper: (chain) => {
			eventOf(chain, "ModelAppended", 1).args.commitment += 1n;
		},
		id: "history.study",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.study", "model.lineage", "model.commitment", "round.finalized"],
	},
]);
