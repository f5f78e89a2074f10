/** A member's key sum: opened for ONE frozen set over the same base weights, with proofs that it is that set's. */
import { numberToBytes } from "viem";
import { z } from "zod";
import { prove } from "../adapters/prover.ts";
import { deriveBytes } from "../core/dataset/derive.ts";
import { openShares } from "../core/encryption/openShares.ts";
import type { Randomness } from "../core/encryption/sampling.ts";
import { type Dealing, keySumCircuitInputs } from "../core/keySum/circuitInputs.ts";
import { keySumValues } from "../core/keySum/keySumValues.ts";
import type { FrozenSet, Ledger, RoundRecord, StudyRecord } from "../core/ledger/state.ts";
import { leastUpdates, requireKeysForChain } from "../protocol/developmentChain.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { keySumGamma } from "../protocol/keySumGamma.ts";
import { consistentBundle } from "./challenge.ts";
import { requireInitialModel } from "./initialModel.ts";
import { requireExpectedHospitals } from "./knownHospitals.ts";
import { type Member, seatOf } from "./member.ts";
import { claimBase, requireCurrentJournal, requireUnopenedBase } from "./openedBase.ts";
import { contractCall, readLedger, sendCall, timed } from "./participant.ts";
import { requireProvenUpdates } from "./proofs.ts";
import { elementSchema, proofSchema, requireProvingKey } from "./provingKeys.ts";

/** @throws DecentraHealthError TASK_REFUSED */
export const requireFrozen = (round: RoundRecord): FrozenSet => {
	if (round.frozen !== undefined) return round.frozen;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `round ${round.roundId} is not frozen`,
		nextStep: "Wait until its submissions are over and checked, and somebody has frozen it.",
	});
};

/**
 * The set is what the chain says as deep as this member waits for, and what the witnesses' chains say there.
 * @throws DecentraHealthError TASK_REFUSED, RPC_DISAGREE, RPC_UNREACHABLE
 */
const requireSettled = async (member: Member, { roundId }: RoundRecord, frozen: FrozenSet): Promise<Ledger> => {
	const { connection, confirmations } = member;
	const settled = await readLedger(connection, confirmations);
	if (settled.ledger.rounds.get(roundId)?.frozen?.frozenSetDigest !== frozen.frozenSetDigest) {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `the frozen set of round ${roundId} is not, or no longer, in the chain as of block ${settled.blockNumber}`,
			nextStep: `Repeat when ${confirmations} blocks are on top of it: the chain was reorganized, or the block is too new.`,
		});
	}
	await connection.requireAgreement(settled);
	return settled.ledger;
};

/** The sum of too few keys tells single ones, whatever a node or a study says. */
const requireEnough = (
	{ connection }: Member,
	{ roundId, updates }: RoundRecord,
	{ parameters }: StudyRecord,
): void => {
	const least = Math.max(parameters.minUpdates, leastUpdates(connection.chain.id));
	if (updates.length >= least) return;
	throw new DecentraHealthError("TASK_REFUSED", {
		message: `round ${roundId} has ${updates.length} updates, and a sum of fewer than ${least} is not opened`,
		nextStep: "Do not sign: no contract of this project freezes such a set, so the RPC node is not to be trusted.",
	});
};

/** What the frozen set's hospitals dealt to this member, in the set's order. Secret. */
const openDealings = async (
	member: Member,
	memberIndex: number,
	round: RoundRecord,
	study: StudyRecord,
): Promise<readonly Dealing[]> => {
	const dealings: Dealing[] = [];
	for (const update of round.updates) {
		const { ephemeralKey, encryptedShares, shareCommitments } = await consistentBundle(member, round, study, update);
		const encrypted = encryptedShares[memberIndex - 1] ?? [];
		const { context } = update;
		const opened = openShares(member.shareKey, memberIndex, ephemeralKey, encrypted, context);
		dealings.push({ ...opened, context, shareCommitments });
	}
	return dealings;
};

/**
 * Masks that a restarted member draws again, so that the parts proven before and after fit together. `gamma` stands for chain, round, set
 * and vector: other sums get other masks.
 */
const masksOf = ({ shareKey }: Member, gamma: bigint): Randomness => {
	let draws = 0;
	const seed = numberToBytes(shareKey, { size: 32 });
	return { bytes: (length) => deriveBytes(seed, `key-sum-masks/${gamma}/${draws++}`, length) };
};

const notesSchema = z.object({
	/** Digest of the proving key, and the point at which the sum is evaluated. */
	statement: z.string(),
	proofs: z.array(z.object({ proof: proofSchema, evaluation: elementSchema, maskOut: elementSchema })),
});
type Notes = z.infer<typeof notesSchema>;

/** The proofs that are finished are in the journal; nothing secret is. */
const proveKeySum = async (
	member: Member,
	round: RoundRecord,
	{ gamma, memberIndex, slots, dealings }: Omit<Parameters<typeof keySumCircuitInputs>[0], "randomness">,
): Promise<Notes["proofs"]> => {
	const { circuits, connection, journal, progress, signal, transactor } = member;
	const proveIt = member.prove ?? prove;
	const parts = keySumCircuitInputs({ gamma, memberIndex, slots, dealings, randomness: masksOf(member, gamma) });
	const key = `key-sum-${connection.scope}-${round.roundId}-${transactor.address.toLowerCase()}`;
	const statement = `${circuits.keySum.vkHash}/${gamma}`;
	const earlier = await journal.read(key, notesSchema);
	const proofs = earlier?.statement === statement ? earlier.proofs : [];
	for (const [index, { input, evaluation, maskOut, publicSignals }] of parts.entries()) {
		const known = proofs[index];
		if (known?.evaluation === evaluation && known.maskOut === maskOut) continue;
		const made = await timed(progress, `prove key sum part ${index + 1} of ${parts.length}`, () =>
			proveIt(circuits.keySum, input, { signal }),
		);
		if (made.publicSignals.join() !== publicSignals.join()) {
			throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
				message: `the circuit ${circuits.keySum.name} proves another statement than this program expects`,
				nextStep: "Use the circuits of this program's version.",
			});
		}
		proofs.splice(index, Number.POSITIVE_INFINITY, { proof: [...made.proof], evaluation, maskOut });
		await journal.write(key, { statement, proofs });
	}
	return proofs;
};

/**
 * Posts this member's key sum: the sum of the shares that the frozen set's hospitals dealt to it, with its proofs. Before, the member verifies
 * every proof and bundle of the set itself, and asks the witnesses whether the set is theirs too.
 * @throws DecentraHealthError TASK_REFUSED, NOT_A_MEMBER, SHARE_KEY_MISMATCH, INITIAL_MODEL_MISMATCH, HOSPITALS_UNEXPECTED, SECOND_FROZEN_SET, JOURNAL_OUTDATED, BUNDLE_MALFORMED, PROOF_INVALID,
 *   LEDGER_INCONSISTENT, KEY_SUM_INCONSISTENT, PROVING_KEY_*, DEVELOPMENT_KEYS, BLOCK_MISSING, IPFS_UNREACHABLE, RPC_*, JOURNAL_*,
 *   CONTRACT_REVERTED
 */
export const postKeySum = async (member: Member, round: RoundRecord, study: StudyRecord) => {
	const { connection, circuits } = member;
	const { roundId } = round;
	const frozen = requireFrozen(round);
	const { frozenSetDigest } = frozen;
	const memberIndex = seatOf(member, round);
	requireEnough(member, round, study);
	await requireExpectedHospitals(member, round, study);
	const ledger = await requireSettled(member, round, frozen);
	await requireInitialModel(member, ledger, round.studyId);
	await requireCurrentJournal(member, ledger);
	await requireUnopenedBase(member, ledger, round, frozen);
	requireKeysForChain(connection.chain.id, [circuits.keySum]);
	requireProvingKey(circuits.keySum, study.keySumVkHash);
	const dealings = await openDealings(member, memberIndex, round, study);
	await timed(member.progress, `verify the proofs of ${round.updates.length} updates`, () =>
		requireProvenUpdates(member, round, study),
	);
	const values = keySumValues(dealings.map(({ shares }) => shares));
	const { chain, deployment } = connection;
	const place = { chainId: chain.id, roundManager: deployment.roundManager, roundId, frozenSetDigest };
	const gamma = keySumGamma({ ...place, memberIndex, values });
	const slots = study.parameters.keySumSlots;
	const proofs = await proveKeySum(member, round, { gamma, memberIndex, slots, dealings });
	// The proofs took their time.
	const settled = await requireSettled(member, round, frozen);
	// Before anybody can see the sum.
	await claimBase(member, settled, round, frozen);
	const args = [roundId, frozenSetDigest, values, proofs];
	const summary = `post the key sum of round ${roundId}`;
	const call = contractCall(connection, "roundManager", "postKeySum", args, summary);
	return sendCall(member, `key-sum-${roundId}`, call);
};
