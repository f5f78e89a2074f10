/** A member's watch over updates: bundles are held against their proofs as they come, and an inconsistent one is challenged. */
import { type Address, bytesToHex } from "viem";
import type { Bundle } from "../core/codecs/bundle.ts";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import { fetchBundle } from "./bundles.ts";
import type { Member } from "./member.ts";
import { contractCall, sendCall } from "./participant.ts";

/** Proves to the contract that an update's bundle is not what its proof says. */
const challenge = (member: Member, round: RoundRecord, update: UpdateRecord, bytes: Uint8Array) => {
	const { gamma, y, y2 } = update.encryption;
	const args = [round.roundId, update.hospital, bytesToHex(bytes), { gamma, y, y2 }];
	const summary = `challenge the update of ${update.hospital} in round ${round.roundId}`;
	const call = contractCall(member.connection, "roundManager", "challengeUpdate", args, summary);
	return sendCall(member, `challenge-${round.roundId}-${update.hospital.toLowerCase()}`, call);
};

/**
 * The update's bundle. One that is inconsistent is challenged: it fails a round that is frozen, and is removed from one that is not.
 * @throws DecentraHealthError BUNDLE_CHALLENGED, and as {@link fetchBundle}
 */
export const consistentBundle = async (
	member: Member,
	round: RoundRecord,
	study: StudyRecord,
	update: UpdateRecord,
): Promise<Bundle> => {
	const checked = await fetchBundle(member, round, study, update);
	if (checked.status === "consistent") return checked.bundle;
	await challenge(member, round, update, checked.bytes);
	throw new DecentraHealthError("BUNDLE_CHALLENGED", {
		message: `the update of ${update.hospital} in round ${round.roundId} was challenged: ${checked.problem}`,
		nextStep: "Nothing to do: the contract decides, and the hospital is barred.",
	});
};

/**
 * Checks the bundles of a round that this process has not checked yet: before the set is frozen, an inconsistent one costs its hospital the
 * round, afterwards everybody. A bundle that can't be had yet is tried again at the next call.
 * @returns the hospitals whose updates were challenged
 */
export const watchUpdates = async (
	member: Member,
	round: RoundRecord,
	study: StudyRecord,
): Promise<readonly Address[]> => {
	const challenged: Address[] = [];
	for (const update of round.updates) {
		// Another hospital's update may name the same bundle, and is not the same.
		const id = `${round.roundId}/${update.hospital}/${update.bundleDigest}`;
		if (member.checkedBundles.has(id)) continue;
		try {
			const checked = await fetchBundle(member, round, study, update);
			if (checked.status === "inconsistent") {
				await challenge(member, round, update, checked.bytes);
				challenged.push(update.hospital);
			}
			member.checkedBundles.add(id);
		} catch (error) {
			if (!isDecentraHealthError(error) || !MAY_PASS.includes(error.code)) throw error;
			// Somebody else was faster, or the contract finds nothing wrong.
			if (error.code === "CONTRACT_REVERTED") member.checkedBundles.add(id);
		}
	}
	return challenged;
};

/** What must not keep a member from the other updates. */
const MAY_PASS: readonly DecentraHealthError["code"][] = [
	"BLOCK_MISSING",
	"BLOCK_MISMATCH",
	"BLOCK_TOO_LARGE",
	"IPFS_UNREACHABLE",
	"CONTRACT_REVERTED",
	"RPC_FAILED",
];
