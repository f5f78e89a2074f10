/** A member's watch over updates: bundles are fetched, held against their proofs and kept as they come, and an inconsistent one is challenged. */
import { type Address, bytesToHex } from "viem";
import type { Bundle } from "../core/codecs/bundle.ts";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { DecentraHealthError, isDecentraHealthError } from "../protocol/errors.ts";
import { bundleId, holdBundles, ownStore, type Unavailable } from "./availability.ts";
import { fetchBundle } from "./bundles.ts";
import type { Keyholder } from "./member.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

/** Proves to the contract that an update's bundle is not what its proof says; anyone may. */
export const challengeUpdate = (
	participant: Pick<Participant, "connection" | "transactor" | "progress">,
	round: Pick<RoundRecord, "roundId">,
	update: UpdateRecord,
	bytes: Uint8Array,
) => {
	const { gamma, y, y2 } = update.encryption;
	const args = [round.roundId, update.hospital, bytesToHex(bytes), { gamma, y, y2 }];
	const summary = `challenge the update of ${update.hospital} in round ${round.roundId}`;
	const call = contractCall(participant.connection, "roundManager", "challengeUpdate", args, summary);
	return sendCall(participant, `challenge-${round.roundId}-${update.hospital.toLowerCase()}`, call);
};

/**
 * The bundle of a frozen update, which is in the member's own store from now on.
 * @throws DecentraHealthError BUNDLE_MALFORMED when it is not what its proof says, and as {@link fetchBundle}
 */
export const consistentBundle = async (
	member: Keyholder,
	round: RoundRecord,
	study: StudyRecord,
	update: UpdateRecord,
): Promise<Bundle> => {
	const checked = await fetchBundle(member, round, study, update);
	if (checked.status === "consistent") {
		await ownStore(member).put(checked.bytes, { signal: member.signal });
		return checked.bundle;
	}
	throw new DecentraHealthError("BUNDLE_MALFORMED", {
		message: `the update of ${update.hospital}, which t members confirmed before round ${round.roundId} was frozen, is not what its proof says: ${checked.problem}`,
		nextStep:
			"Do not sign: the sum could not be decrypted. The study can only be closed (study close), and its next one needs other members.",
	});
};

export type Watch = {
	/** Updates whose bundles this member holds. */
	readonly held: readonly UpdateRecord[];
	/** Hospitals whose updates were challenged just now. */
	readonly challenged: readonly Address[];
	/** The others, tried again at the next call. */
	readonly unavailable: readonly Unavailable[];
};

/** Nodes take transactions of 128 KiB at most. */
const MOST_CHALLENGED_BYTES = 120 * 1024;

/** Somebody else was faster, or the contract finds nothing wrong: others' votes decide then. */
const NOT_CHALLENGED: readonly DecentraHealthError["code"][] = ["CONTRACT_REVERTED", "RPC_FAILED"];

/**
 * Holds the bundles of a round, or says why not: before the set is frozen, an inconsistent one costs its hospital the round.
 * @throws DecentraHealthError LEDGER_INCONSISTENT, RPC_UNREACHABLE, TRANSACTION_UNCONFIRMED, JOURNAL_*, ABORTED
 */
export const watchUpdates = async (member: Keyholder, round: RoundRecord, study: StudyRecord): Promise<Watch> => {
	const held: UpdateRecord[] = [];
	const challenged: Address[] = [];
	const unavailable: Unavailable[] = [];
	for (const { update, bundle } of await holdBundles(member, round, study)) {
		const { hospital } = update;
		if (bundle.status === "held") {
			held.push(update);
		} else if (bundle.status === "unavailable") {
			unavailable.push({ hospital, code: bundle.error.code, problem: bundle.error.message });
		} else {
			// Once frozen, the set stays. What does not fit in a transaction nobody confirms, so it is left out.
			const challengeable = round.phase === "Open" && bundle.bytes.length <= MOST_CHALLENGED_BYTES;
			const disputed = `disputed/${bundleId(round, update)}`;
			try {
				if (challengeable && !member.checkedBundles.has(disputed)) {
					await challengeUpdate(member, round, update, bundle.bytes);
					challenged.push(hospital);
				}
			} catch (error) {
				if (!isDecentraHealthError(error) || !NOT_CHALLENGED.includes(error.code)) throw error;
				if (error.code === "CONTRACT_REVERTED") member.checkedBundles.add(disputed);
			}
			if (!challenged.includes(hospital)) {
				unavailable.push({ hospital, code: "BUNDLE_MALFORMED", problem: bundle.problem });
			}
		}
	}
	return { held, challenged, unavailable };
};
