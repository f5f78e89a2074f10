/** Every check of the audit in words: its name in the list, and what it means that it holds. */
import type { Check, CheckId } from "../../../worker/core/audit/report.ts";

export type CheckWords = { readonly title: string; readonly meaning: string };

export const CHECK_WORDS: Readonly<Record<CheckId, CheckWords>> = {
	"history.order": {
		title: "Order of events",
		meaning: "The events are in the chain's order, each once.",
	},
	"history.complete": {
		title: "Completeness",
		meaning: "The node returned as many studies, models and rounds as the contracts count.",
	},
	"history.registry": {
		title: "Rules of the registry",
		meaning: "Admissions, share keys and data set commitments follow the registry contract's rules.",
	},
	"history.study": {
		title: "Rules of studies and models",
		meaning: "Studies and models are numbered and appended by the contract's rules.",
	},
	"history.round": {
		title: "Rules of rounds",
		meaning: "Every round went through its phases by the contract's rules.",
	},
	"study.definition": {
		title: "Study definition",
		meaning: "The definition on IPFS is the block that the chain names, and is well formed.",
	},
	"study.parameters": {
		title: "Study parameters",
		meaning: "Hyperparameters and thresholds on chain are those of the definition.",
	},
	"study.trainKey": {
		title: "Verification key of the training circuit",
		meaning: "The key on IPFS is the one that the chain names.",
	},
	"study.encryptKey": {
		title: "Verification key of the encryption circuit",
		meaning: "The key on IPFS is the one that the chain names.",
	},
	"study.keySumKey": {
		title: "Verification key of the key sum circuit",
		meaning: "The key on IPFS is the one that the chain names.",
	},
	"model.lineage": {
		title: "Lineage",
		meaning: "The model follows the study's previous one, through a finalized round.",
	},
	"model.object": {
		title: "Weights on IPFS",
		meaning: "The model's weights are the block that the chain names.",
	},
	"model.commitment": {
		title: "Commitment to the weights",
		meaning: "The commitment on chain is recomputed from the weights.",
	},
	"model.initial": {
		title: "Initial model",
		meaning: "The study began with the weights that its definition and this deployment give: nobody chose them.",
	},
	"round.opening.base": {
		title: "Starting model",
		meaning: "The round trains from the model that was current when it was opened.",
	},
	"round.opening.committee": {
		title: "Committee",
		meaning: "Members and share keys are those that the registry held at that moment.",
	},
	"round.opening.keys": {
		title: "Share keys",
		meaning: "Every share key is a point of the prime-order subgroup.",
	},
	"round.opening.keysDigest": {
		title: "Digest of the share keys",
		meaning: "The digest that the proofs name is recomputed from the share keys.",
	},
	"round.opening.hospitals": {
		title: "Participating hospitals",
		meaning: "Enough hospitals had committed data, and the expected number of updates is theirs.",
	},
	"round.opening.beacon": {
		title: "Batch order",
		meaning: "The beacon that orders the batches follows from the preceding block: nobody chose it.",
	},
	"round.timing": {
		title: "Deadlines",
		meaning: "Every step of the round was within its deadline, none before its time.",
	},
	"round.update.hospital": {
		title: "Admission",
		meaning: "The hospital was admitted when it submitted.",
	},
	"round.update.dataset": {
		title: "Committed data set",
		meaning: "The data set was committed before the round opened, and is the one that was trained on.",
	},
	"round.update.context": {
		title: "Context",
		meaning: "The proofs were made for this chain, contract, study, round and hospital, so they can't be replayed.",
	},
	"round.update.segments": {
		title: "Training segments",
		meaning: "There are as many segments as the training steps need, in order.",
	},
	"round.update.segment.proof": {
		title: "Training proof",
		meaning:
			"These training steps were computed exactly: architecture, loss, learning rate, batch order, committed data.",
	},
	"round.update.commitment": {
		title: "Trained weights",
		meaning: "The encrypted weights are those that the last training segment ended with.",
	},
	"round.update.encryption.proof": {
		title: "Encryption proof",
		meaning: "The ciphertext holds exactly the trained weights, and the committee's key shares are right.",
	},
	"round.update.bundle": {
		title: "Bundle on IPFS",
		meaning: "The encrypted bundle is the block that the chain names, well formed, for this round and hospital.",
	},
	"round.update.evaluation": {
		title: "Ciphertext and key shares",
		meaning: "Ciphertext, key shares and share commitments take the proven values at gamma.",
	},
	"round.update.shareDigest": {
		title: "Digest of the share commitments",
		meaning: "The proven digest is recomputed from the bundle.",
	},
	"round.challenge": {
		title: "Challenge",
		meaning: "The update that the contract removed was indeed inconsistent.",
	},
	"round.limits": {
		title: "Limits of the encryption",
		meaning: "No more updates and samples than the sum can hold.",
	},
	"round.excluded": {
		title: "Exclusion",
		meaning: "The update that the frozen set lacks was held by too few members.",
	},
	"round.frozen.set": {
		title: "Frozen set",
		meaning: "The set is the updates that enough members hold, in the order of acceptance.",
	},
	"round.frozen.digest": {
		title: "Digest of the frozen set",
		meaning: "The digest on chain is recomputed from the set.",
	},
	"round.frozen.base": {
		title: "Only set over its model",
		meaning: "No other set of hospitals was frozen over the same base weights: two sums could give one hospital away.",
	},
	"round.keySum.member": {
		title: "Seat on the committee",
		meaning: "Who posted the key sum has this seat on the round's committee.",
	},
	"round.keySum.statement": {
		title: "Key sum",
		meaning: "It has the right form, and its proofs' evaluations add up to its own.",
	},
	"round.keySum.proof": {
		title: "Key sum proof",
		meaning: "The key sum is the sum of the shares that the updates' proofs committed to.",
	},
	"round.keySum.agreement": {
		title: "Agreement of the key sums",
		meaning: "Enough key sums are proven, and all of them lie on the same polynomials.",
	},
	"round.aggregate": {
		title: "Sum and decryption",
		meaning: "The sum of the ciphertexts is recomputed and decrypts with the opened key.",
	},
	"round.step": {
		title: "New model",
		meaning: "The study's server optimizer makes a new model of the starting model and the sum.",
	},
	"round.attestation": {
		title: "Attestation",
		meaning: "The member sits on the committee and attested to the recomputed model.",
	},
	"round.result": {
		title: "Finalized model",
		meaning: "The model on chain is the recomputed one, bit for bit.",
	},
	"round.finalized": {
		title: "Finalization",
		meaning: "Enough members attested to the finalized model.",
	},
	"round.failed": {
		title: "Failure of the round",
		meaning: "The round failed for the reason that its events show, and left the model unchanged.",
	},
	"round.phase": {
		title: "Unfinished round",
		meaning: "The round has not ended yet.",
	},
};

export type StatusWords = { readonly label: string; readonly tone: "ok" | "warn" | "bad" | "idle" };

export const STATUS_WORDS: Readonly<Record<Check["status"], StatusWords>> = {
	ok: { label: "Passed", tone: "ok" },
	warning: { label: "Warning", tone: "warn" },
	failed: { label: "Failed", tone: "bad" },
	skipped: { label: "Skipped", tone: "idle" },
};

/** What a browser, unlike a command line, may be stopped by. */
const BROWSER_HINTS: Readonly<Record<string, string>> = {
	RPC_UNREACHABLE:
		"The node must also accept requests from web pages (CORS). If it does not, use another node or run the audit from a command line.",
	IPFS_UNREACHABLE:
		"The gateway must also accept requests from web pages (CORS). Add another gateway to the list: they are asked in order.",
	IPFS_REFUSED:
		"Gateways that redirect every CID to a host of its own can't be asked from a page. Use one that answers at /ipfs/CID, or run the audit from a command line.",
};

export const browserHint = (code: string): string | undefined => BROWSER_HINTS[code];

const parts = ({ ok, warning, failed, skipped }: Readonly<Record<Check["status"], number>>): readonly string[] => [
	...(failed > 0 ? [`${failed} failed`] : []),
	...(warning > 0 ? [`${warning} ${warning === 1 ? "warning" : "warnings"}`] : []),
	...(skipped > 0 ? [`${skipped} skipped`] : []),
	...(ok > 0 ? [`${ok} passed`] : []),
];

/** "1 failed, 2 skipped, 40 passed" */
export const countWords = (counts: Readonly<Record<Check["status"], number>>): string =>
	parts(counts).join(", ") || "no checks";
