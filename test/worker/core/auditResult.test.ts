/** Tampering with frozen sets and results. */
import { keccak256, toHex } from "viem";
import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { address, put } from "../../support/audit/ledgerWriter.ts";
import { dropEvent, eventOf } from "../../support/audit/runAudit.ts";
import { finalizedChain, testTamperings } from "../../support/audit/tampering.ts";
import { loadStudy } from "../../support/wdbc.ts";

const WEIGHTS = architectureOf(loadStudy()).weightCount;

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
