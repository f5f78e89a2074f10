/** A member keeps every bundle of its round in its own store, and tells the contract which ones it has. */
import type { Address } from "viem";
import type { BlockStore } from "../adapters/ipfs/blockStore.ts";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { type DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../protocol/errors.ts";
import { type CheckedBundle, fetchBundle } from "./bundles.ts";
import type { Keyholder } from "./member.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

/** Why an update is not confirmed. */
export type Unavailable = {
	readonly hospital: Address;
	readonly code: ErrorCode;
	readonly problem: string;
};

export type HeldBundle =
	| { readonly status: "held" }
	| Extract<CheckedBundle, { status: "inconsistent" }>
	| { readonly status: "unavailable"; readonly error: DecentraHealthError };

/** About a bundle or the store that should have it, so no reason to leave the others. */
const CANNOT_BE_HAD: readonly ErrorCode[] = ["BLOCK_MISSING", "BLOCK_MISMATCH", "BLOCK_TOO_LARGE", "IPFS_UNREACHABLE"];

/** A participant's own store, which it answers for. */
export const ownStore = ({ own, store }: Pick<Participant, "own" | "store">): BlockStore => own ?? store;

/** Whether the participant's own store has the very block. @throws DecentraHealthError IPFS_UNREACHABLE, ABORTED */
export const isKept = async (
	participant: Pick<Participant, "own" | "store" | "signal">,
	digest: `0x${string}`,
): Promise<boolean> => {
	try {
		await ownStore(participant).get(digest, { signal: participant.signal });
		return true;
	} catch (error) {
		const isLost = isDecentraHealthError(error) && ["BLOCK_MISSING", "BLOCK_MISMATCH"].includes(error.code);
		if (!isLost) throw error;
		return false;
	}
};

/** Another hospital's update may name the same bundle, and is not the same. */
export const bundleId = ({ roundId }: Pick<RoundRecord, "roundId">, { hospital, bundleDigest }: UpdateRecord): string =>
	`${roundId}/${hospital}/${bundleDigest}`;

/**
 * Fetches an update's bundle, checks it against its proof's y and y2, and puts it into the member's own store. What this process has checked
 * is only looked for in the store again, which may have lost it.
 * @throws DecentraHealthError LEDGER_INCONSISTENT, ABORTED
 */
export const holdBundle = async (
	member: Participant & Pick<Keyholder, "checkedBundles">,
	round: RoundRecord,
	study: StudyRecord,
	update: UpdateRecord,
): Promise<HeldBundle> => {
	const id = bundleId(round, update);
	try {
		if (member.checkedBundles.has(id) && (await isKept(member, update.bundleDigest))) return { status: "held" };
		const checked = await fetchBundle(member, round, study, update);
		if (checked.status === "inconsistent") return checked;
		await ownStore(member).put(checked.bytes, { signal: member.signal });
		member.checkedBundles.add(id);
		return { status: "held" };
	} catch (error) {
		if (isDecentraHealthError(error) && CANNOT_BE_HAD.includes(error.code)) return { status: "unavailable", error };
		throw error;
	}
};

/** Confirms to hold these updates' bundles, in one transaction. */
export const confirmAvailability = (
	member: Pick<Participant, "connection" | "transactor" | "progress">,
	{ roundId }: Pick<RoundRecord, "roundId">,
	updates: readonly UpdateRecord[],
) => {
	const held = updates.map(({ position, bundleDigest }) => ({ position, bundleDigest }));
	const summary = `confirm ${held.length} bundles of round ${roundId}`;
	const call = contractCall(member.connection, "roundManager", "confirmAvailability", [roundId, held], summary);
	return sendCall(member, `confirm-${roundId}`, call);
};
