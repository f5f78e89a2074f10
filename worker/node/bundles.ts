/** Bundles of a round as a member or an observer gets them: fetched, parsed, and held against what their proof says. */
import { type Bundle, decodeBundle } from "../core/codecs/bundle.ts";
import { evaluateBundle } from "../core/encryption/evaluateBundle.ts";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { updateContext } from "../protocol/context.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import { standardProfile } from "../protocol/profiles.ts";
import type { Participant } from "./participant.ts";

export type CheckedBundle =
	| { readonly status: "consistent"; readonly bundle: Bundle; readonly bytes: Uint8Array }
	/** The bytes are the registered ones, but not what the proof says: `challengeUpdate` removes the update. */
	| { readonly status: "inconsistent"; readonly bytes: Uint8Array; readonly problem: string };

type Reader = Pick<Participant, "connection" | "store" | "signal">;

/** The public signal that binds this hospital's proofs in this round. */
export const contextOf = (
	{ connection }: Pick<Participant, "connection">,
	{ studyId, roundId }: Pick<RoundRecord, "studyId" | "roundId">,
	{ parameters }: StudyRecord,
	hospital: UpdateRecord["hospital"],
): bigint => {
	const { chain, deployment } = connection;
	const { profileId } = parameters;
	return updateContext({
		chainId: chain.id,
		roundManager: deployment.roundManager,
		studyId,
		roundId,
		hospital,
		profileId,
	});
};

/**
 * Fetches an update's bundle and recomputes y = c(gamma) and y2; docs/PROTOCOL.md section 3.
 * @throws DecentraHealthError BLOCK_MISSING, BLOCK_MISMATCH, BLOCK_TOO_LARGE, IPFS_UNREACHABLE, ABORTED when the bundle can't be had;
 *   LEDGER_INCONSISTENT when the node made the update up
 */
export const fetchBundle = async (
	reader: Reader,
	round: Pick<RoundRecord, "studyId" | "roundId" | "opening">,
	study: StudyRecord,
	update: UpdateRecord,
): Promise<CheckedBundle> => {
	const context = contextOf(reader, round, study, update.hospital);
	if (update.context !== context) {
		throw new DecentraHealthError("LEDGER_INCONSISTENT", {
			message: `the context of ${update.hospital} in round ${round.roundId} is not what the contract computes`,
			nextStep: "The RPC node made the event up: use another one.",
		});
	}
	const bytes = await reader.store.get(update.bundleDigest, { signal: reader.signal });
	let bundle: Bundle;
	try {
		const { threshold, weightCount } = study.parameters;
		const members = round.opening.committee.length;
		bundle = decodeBundle(bytes, standardProfile, { members, threshold, weightCount, context });
	} catch (error) {
		if (!isDecentraHealthError(error)) throw error;
		return { status: "inconsistent", bytes, problem: error.message };
	}
	const { gamma, y, y2 } = update.encryption;
	const evaluated = evaluateBundle(bundle, gamma);
	if (evaluated.y !== y) return { status: "inconsistent", bytes, problem: "the ciphertext is not the proven one" };
	if (evaluated.y2 !== y2) return { status: "inconsistent", bytes, problem: "the key shares are not the proven ones" };
	return { status: "consistent", bundle, bytes };
};
