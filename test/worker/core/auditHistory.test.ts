import { encodeModel } from "../../../worker/core/codecs/model.ts";
import { encodeVerificationKey } from "../../../worker/core/codecs/verificationKey.ts";
import { commitWeights } from "../../../worker/protocol/packing.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { address, put, type SyntheticChain } from "../../support/audit/ledgerWriter.ts";
import { damageBlock, dropEvent, eventOf } from "../../support/audit/runAudit.ts";
import { HOSPITALS } from "../../support/audit/syntheticConsortium.ts";
import { finalizedChain, flip, openingOf, studyOf, testTamperings, UNOPENED } from "../../support/audit/tampering.ts";
import { simulatedKey } from "../../support/simulatedGroth16.ts";
import { loadStudy } from "../../support/wdbc.ts";

const WEIGHTS = architectureOf(loadStudy()).weightCount;
const parse = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes));
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const redefine = (chain: SyntheticChain, changes: Record<string, unknown>): void => {
	const { parameters } = studyOf(chain);
	const definition = parse(chain.blocks.get(parameters.definitionDigest));
	parameters.definitionDigest = put(chain.blocks, json({ ...definition, ...changes }));
};
const [A] = HOSPITALS;

testTamperings(finalizedChain("tampering"), [
	{
		name: "an update's event is left out",
		tamper: (chain) => dropEvent(chain, eventOf(chain, "UpdateSubmitted", 2)),
		id: "history.round",
		code: "LEDGER_INCONSISTENT",
		affected: [
			"history.round",
			"round.frozen.set",
			"round.frozen.digest",
			"round.keySum.statement",
			"round.keySum.proof",
			...UNOPENED,
		],
	},
	{
		name: "the round's last events are left out",
		tamper: (chain) => {
			for (const name of ["RoundFinalized", "ModelAppended", "ModelAttested"] as const) {
				dropEvent(chain, eventOf(chain, name, -1));
			}
		},
		id: "history.complete",
		code: "LEDGER_INCONSISTENT",
	},
	{
		name: "two events change places",
		tamper: ({ events }) => {
			[events[4], events[5]] = [events[5] as never, events[4] as never];
		},
		id: "history.order",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.order", "history.registry"],
	},
	{
		name: "the same update twice",
		tamper: (chain) => {
			const update = eventOf(chain, "UpdateSubmitted", 2);
			chain.events.splice(chain.events.indexOf(update as never) + 1, 0, structuredClone(update) as never);
		},
		id: "history.order",
		code: "LEDGER_INCONSISTENT",
		affected: [
			"history.order",
			"history.round",
			"round.update.segments",
			"round.update.commitment",
			"round.update.encryption.proof",
		],
	},
	{
		name: "a registry that obeys another round manager",
		tamper: (chain) => {
			eventOf(chain, "RoundManagerSet", 1).args.roundManager = address("another manager");
		},
		id: "history.registry",
		code: "LEDGER_INCONSISTENT",
	},
	{
		name: "a model that no round made",
		tamper: (chain) => {
			eventOf(chain, "ModelAppended", 1).args.roundId = 0n;
		},
		id: "history.study",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.study", "model.lineage", "round.finalized"],
	},
	{
		name: "a definition that its digest does not name",
		tamper: (chain) => damageBlock(chain, studyOf(chain).parameters.definitionDigest, (bytes) => flip(bytes, 12)),
		id: "study.definition",
		code: "BLOCK_MISMATCH",
		place: { studyId: "1" },
		affected: ["study.definition", "study.parameters", "model.initial", "round.step", "round.result"],
	},
	{
		name: "a definition that is no study",
		tamper: (chain) => redefine(chain, { optimizer: "adam" }),
		id: "study.definition",
		code: "STUDY_INVALID",
		affected: ["study.definition", "study.parameters", "model.initial", "round.step", "round.result"],
	},
	{
		name: "a definition with another learning rate than the chain",
		tamper: (chain) => redefine(chain, { learningRate: 0.25 }),
		id: "study.parameters",
		code: "AUDIT_MISMATCH",
		affected: ["study.parameters", "model.initial"],
	},
	{
		name: "a definition of another name",
		tamper: (chain) => redefine(chain, { name: "other" }),
		id: "study.parameters",
		code: "AUDIT_MISMATCH",
		affected: ["study.parameters", "model.initial"],
	},
	{
		name: "a missing verification key",
		tamper: (chain) => chain.blocks.delete(studyOf(chain).encryptVkHash),
		id: "study.encryptKey",
		code: "BLOCK_MISSING",
		affected: ["study.encryptKey", "round.update.encryption.proof"],
	},
	{
		name: "a missing verification key of the key sums",
		tamper: (chain) => chain.blocks.delete(studyOf(chain).keySumVkHash),
		id: "study.keySumKey",
		code: "BLOCK_MISSING",
		affected: ["study.keySumKey", "round.keySum.proof"],
	},
	{
		name: "a key of the key sums for another number of slots",
		tamper: (chain) => {
			const key = simulatedKey("four slots", 9).verificationKey;
			studyOf(chain).keySumVkHash = put(chain.blocks, encodeVerificationKey(key));
		},
		id: "study.keySumKey",
		code: "AUDIT_MISMATCH",
		affected: ["study.keySumKey", "round.keySum.proof"],
	},
	{
		name: "another number of slots than the definition's",
		tamper: (chain) => {
			studyOf(chain).parameters.keySumSlots = 3;
		},
		id: "study.parameters",
		code: "AUDIT_MISMATCH",
		affected: ["study.parameters", "study.keySumKey", "round.keySum.statement", "round.keySum.proof", ...UNOPENED],
	},
	{
		name: "a verification key that is not canonical",
		tamper: (chain) => {
			const study = studyOf(chain);
			study.trainVkHash = put(chain.blocks, json({ ...parse(chain.blocks.get(study.trainVkHash)), extra: 1 }));
		},
		id: "study.trainKey",
		code: "VERIFICATION_KEY_MALFORMED",
		affected: ["study.trainKey", "round.update.segment.proof"],
	},
	{
		name: "the verification key of a circuit with other signals",
		tamper: (chain) => {
			const key = simulatedKey("eight signals", 8).verificationKey;
			studyOf(chain).trainVkHash = put(chain.blocks, encodeVerificationKey(key));
		},
		id: "study.trainKey",
		code: "AUDIT_MISMATCH",
		affected: ["study.trainKey", "round.update.segment.proof"],
	},
	{
		name: "the verification key of another setup",
		tamper: (chain) => {
			const key = simulatedKey("another setup", 9).verificationKey;
			studyOf(chain).trainVkHash = put(chain.blocks, encodeVerificationKey(key));
		},
		id: "round.update.segment.proof",
		code: "PROOF_INVALID",
		place: { roundId: "1", hospital: A, segment: 0 },
	},
	{
		name: "one weight of the initial model's object",
		tamper: (chain) => damageBlock(chain, eventOf(chain, "ModelAppended").args.digest, (bytes) => flip(bytes, 40)),
		id: "model.object",
		code: "BLOCK_MISMATCH",
		place: { modelId: "1" },
		affected: ["model.object", "model.commitment"],
	},
	{
		name: "an initial model of another commitment, digest and all",
		tamper: (chain) => {
			const appended = eventOf(chain, "ModelAppended").args;
			appended.digest = put(chain.blocks, encodeModel(new Array(WEIGHTS).fill(1)));
			openingOf(chain).baseDigest = appended.digest;
		},
		id: "model.commitment",
		code: "AUDIT_MISMATCH",
		place: { modelId: "1" },
		affected: ["model.commitment", "model.initial"],
	},
	{
		name: "a model object of another architecture",
		tamper: (chain) => {
			const appended = eventOf(chain, "ModelAppended").args;
			appended.digest = put(chain.blocks, encodeModel(new Array(WEIGHTS + 1).fill(1)));
			openingOf(chain).baseDigest = appended.digest;
		},
		id: "model.object",
		code: "MODEL_MALFORMED",
		place: { modelId: "1" },
		affected: ["model.object", "model.commitment", "model.initial"],
	},
	{
		name: "the new model's object is missing",
		tamper: (chain) => chain.blocks.delete(eventOf(chain, "ModelAppended", 1).args.digest),
		id: "model.object",
		code: "BLOCK_MISSING",
		place: { modelId: "2" },
		affected: ["model.object", "model.commitment"],
	},
	{
		name: "chosen initial weights, with their commitment, digest and object",
		tamper: (chain) => {
			const weights = new Array(WEIGHTS).fill(1);
			const appended = eventOf(chain, "ModelAppended").args;
			appended.digest = put(chain.blocks, encodeModel(weights));
			appended.commitment = commitWeights(weights, 0n);
		},
		id: "model.initial",
		code: "INITIAL_MODEL_MISMATCH",
		place: { studyId: "1", modelId: "1" },
		// The synthetic round goes on from the study's own model.
		affected: ["model.initial", "round.opening.base"],
	},
	{
		name: "another parent of the new model",
		tamper: (chain) => {
			eventOf(chain, "ModelAppended", 1).args.parent = 0n;
		},
		id: "history.study",
		code: "LEDGER_INCONSISTENT",
		affected: ["history.study", "model.lineage"],
	},
]);
