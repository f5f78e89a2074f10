/** A round's Groth16 proofs, verified by whoever acts on the round: the contract's word reaches a worker through one RPC node. */
import type { Hex } from "viem";
import { verifyProof } from "../adapters/prover.ts";
import type { MemberKeySum } from "../core/aggregation/openKeySums.ts";
import { decodeVerificationKey, type VerificationKey } from "../core/codecs/verificationKey.ts";
import type { RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { keySumStatements, type ProofStatement, updateStatements } from "../core/statements.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { contextOf } from "./bundles.ts";
import type { Participant } from "./participant.ts";

type Reader = Pick<Participant, "connection" | "store" | "signal">;

const requireProofs = async (
	{ store, signal }: Reader,
	study: StudyRecord,
	statements: readonly ProofStatement[],
): Promise<void> => {
	const hashes: Readonly<Record<ProofStatement["circuit"], Hex>> = {
		train: study.trainVkHash,
		encrypt: study.encryptVkHash,
		keySum: study.keySumVkHash,
	};
	const keys = new Map<ProofStatement["circuit"], VerificationKey>();
	for (const { circuit, what, signals, proof } of statements) {
		const key = keys.get(circuit) ?? decodeVerificationKey(await store.get(hashes[circuit], { signal }));
		keys.set(circuit, key);
		if (await verifyProof(key, signals, proof)) continue;
		throw new DecentraHealthError("PROOF_INVALID", {
			message: `the proof of ${what} does not verify`,
			nextStep: "Do not act on this round: the contract accepts no such proof, so the RPC node is not to be trusted.",
		});
	}
};

/**
 * Every proof of the round's live updates, once frozen of its set, under the study's published keys.
 * @throws DecentraHealthError PROOF_INVALID, LEDGER_INCONSISTENT, VERIFICATION_KEY_MALFORMED, BLOCK_MISSING, IPFS_UNREACHABLE, ABORTED
 */
export const requireProvenUpdates = (reader: Reader, round: RoundRecord, study: StudyRecord): Promise<void> => {
	const statements = round.updates.flatMap((update) =>
		updateStatements(round, study, update, contextOf(reader, round, study, update.hospital)),
	);
	return requireProofs(reader, study, statements);
};

/**
 * The posted key sums, each one proven.
 * @throws DecentraHealthError KEY_SUM_MALFORMED, and as {@link requireProvenUpdates}
 */
export const provenKeySums = async (
	reader: Reader,
	round: RoundRecord,
	study: StudyRecord,
): Promise<readonly MemberKeySum[]> => {
	const { chain, deployment } = reader.connection;
	const place = { chainId: chain.id, roundManager: deployment.roundManager };
	const statements = round.keySums.flatMap((keySum) => keySumStatements(round, study, keySum, place));
	await requireProofs(reader, study, statements);
	return round.keySums.map(({ index, values }) => ({ memberIndex: index, values }));
};
