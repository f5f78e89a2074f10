/** The Groth16 proofs of one update, against public signals rebuilt from the ledger. */
import { type Hex, hexToBigInt } from "viem";
import { DecentraHealthError } from "../../protocol/errors.ts";
import { isFieldElement, toField } from "../../protocol/field.ts";
import { parseProof } from "../../protocol/proof.ts";
import { encryptUpdateSignals, trainSegmentSignals } from "../../protocol/publicSignals.ts";
import type { VerificationKey } from "../codecs/verificationKey.ts";
import type { DatasetRecord, SolidityProof, StudyRecord } from "../ledger/state.ts";
import type { StudyKeys } from "./auditStudy.ts";
import { check, skipped } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory, Submission } from "./replay/state.ts";
import type { Check, CheckPlace } from "./report.ts";

/** What the ledger, and not the update, says about the statement. */
export type Statement = {
	readonly study: StudyRecord;
	readonly round: RoundHistory;
	readonly dataset: DatasetRecord;
	readonly context: bigint;
	readonly committeeKeysDigest: bigint;
};

const invalid = (problem: string): DecentraHealthError =>
	new DecentraHealthError("PROOF_INVALID", {
		message: problem,
		nextStep:
			"The contract accepts no such proof: repeat the audit with another RPC node. If it stays, do not use any model from this round on.",
	});

/** @throws DecentraHealthError PROOF_INVALID */
export const requireProof = async (
	{ verifyProof }: AuditPorts,
	{ key, signals, proof }: { key: VerificationKey; signals: readonly bigint[]; proof: SolidityProof },
): Promise<void> => {
	// As the EVM's precompiles do; other verifiers would reduce coordinates that are too large.
	parseProof(proof);
	if (!signals.every(isFieldElement)) throw invalid("a public signal is not below the field order");
	if (!(await verifyProof(key, signals, proof))) throw invalid("the proof does not verify for these public signals");
};

/** Total steps of the update, and the segments that they need. */
export const segmentCounts = (
	{ parameters }: StudyRecord,
	{ batchCount }: Pick<DatasetRecord, "batchCount">,
): { readonly totalSteps: number; readonly segments: number } => {
	const totalSteps = parameters.epochs * batchCount;
	return { totalSteps, segments: Math.ceil(totalSteps / parameters.stepsPerSegment) };
};

export async function* auditSegmentProofs(
	ports: AuditPorts,
	submission: Submission,
	{ statement, keys, place }: { statement: Statement; keys: StudyKeys; place: CheckPlace },
): AsyncGenerator<Check, void> {
	const { study, round, dataset, context } = statement;
	const { totalSteps, segments } = segmentCounts(study, dataset);
	for (const [index, { commitmentOut, proof }] of submission.segments.entries()) {
		const at = { ...place, segment: index };
		const key = keys.train;
		if (key === undefined) {
			yield skipped("round.update.segment.proof", at, "there is no verification key");
			continue;
		}
		const signals = trainSegmentSignals({
			context,
			datasetRoot: dataset.root,
			batchCount: BigInt(dataset.batchCount),
			beacon: BigInt(round.opening.beacon),
			firstStep: BigInt(index * study.parameters.stepsPerSegment),
			totalSteps: BigInt(totalSteps),
			learningRate: BigInt(study.parameters.learningRate),
			commitmentIn: submission.segments[index - 1]?.commitmentOut ?? round.opening.baseCommitment,
			commitmentOut,
		});
		yield* check("round.update.segment.proof", at, {
			run: () => requireProof(ports, { key, signals, proof }),
			detail: `segment ${index + 1} of ${segments}`,
		});
	}
}

export async function* auditEncryptionProof(
	ports: AuditPorts,
	submission: Submission,
	{ statement, keys, place }: { statement: Statement; keys: StudyKeys; place: CheckPlace },
): AsyncGenerator<Check, void> {
	const id = "round.update.encryption.proof";
	const { bundleDigest, encryption, segments } = submission;
	const weightsCommitment = segments.at(-1)?.commitmentOut;
	const key = keys.encrypt;
	if (key === undefined || weightsCommitment === undefined) {
		yield skipped(id, place, `there is no ${key === undefined ? "verification key" : "training segment"}`);
		return;
	}
	const signals = encryptUpdateSignals({
		gamma: encryption.gamma,
		y: encryption.y,
		y2: encryption.y2,
		shareDigest: encryption.shareDigest,
		context: statement.context,
		bundleDigest: digestElement(bundleDigest),
		sampleCount: BigInt(statement.dataset.sampleCount),
		weightsCommitment,
		committeeKeysDigest: statement.committeeKeysDigest,
		baseCommitment: statement.round.opening.baseCommitment,
	});
	yield* check(id, place, {
		run: () => requireProof(ports, { key, signals, proof: encryption.proof }),
		detail: "the bundle holds the trained weights and right key shares",
	});
}

/** A digest on chain as the circuits see it: big endian, mod r. */
const digestElement = (digest: Hex): bigint => toField(hexToBigInt(digest));
