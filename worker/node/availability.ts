/** A member keeps every bundle of its round in its own store, and tells the contract which ones it has. */
import type { Address } from "viem";
import type { BlockStore } from "../adapters/ipfs/blockStore.ts";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { BLOCK_LOST, CANNOT_BE_HAD } from "../protocol/blockErrors.ts";
import { type DecentraHealthError, type ErrorCode, isDecentraHealthError } from "../protocol/errors.ts";
import { type CheckedBundle, fetchBundle } from "./bundles.ts";
import { requireInitialModel } from "./initialModel.ts";
import type { Keyholder } from "./member.ts";
import { noteSeat } from "./openedBase.ts";
import { contractCall, type Participant, readLedger, sendCall } from "./participant.ts";
import { requireProvenUpdates } from "./proofs.ts";

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

/** About an update or the store that should have its bundle, so no reason to leave the others. */
const NOT_CONFIRMED: readonly ErrorCode[] = [...CANNOT_BE_HAD, "PROOF_INVALID"];

/** A participant's own store, which it answers for. */
export const ownStore = ({ own, store }: Pick<Participant, "own" | "store">): BlockStore => own ?? store;

/** Whether the participant's own store has the very block. @throws DecentraHealthError IPFS_*, ABORTED */
export const isKept = async (
	participant: Pick<Participant, "own" | "store" | "signal">,
	digest: `0x${string}`,
): Promise<boolean> => {
	try {
		await ownStore(participant).get(digest, { signal: participant.signal });
		return true;
	} catch (error) {
		if (!isDecentraHealthError(error) || !BLOCK_LOST.includes(error.code)) throw error;
		return false;
	}
};

/** Another hospital's update may name the same bundle, and is not the same. */
export const bundleId = ({ roundId }: Pick<RoundRecord, "roundId">, { hospital, bundleDigest }: UpdateRecord): string =>
	`${roundId}/${hospital}/${bundleDigest}`;

type Holder = Participant & Pick<Keyholder, "checkedBundles">;

const unlessUnavailable = async <T>(run: () => Promise<T>) => {
	try {
		return await run();
	} catch (error) {
		if (!isDecentraHealthError(error) || !NOT_CONFIRMED.includes(error.code)) throw error;
		return { status: "unavailable", error } as const;
	}
};

/**
 * Fetches the bundles of these updates, checks them against their proofs' y and y2, verifies these proofs, and puts the bundles into the
 * member's own store: a node that makes updates up gets no confirmation of them. What this process has checked is only looked for in the
 * store again, which may have lost it.
 * @returns what became of each, in the same order
 * @throws DecentraHealthError LEDGER_INCONSISTENT, VERIFICATION_KEY_MALFORMED, ABORTED
 */
export const holdBundles = async (
	member: Holder,
	round: RoundRecord,
	study: StudyRecord,
	updates: readonly UpdateRecord[] = round.updates,
): Promise<readonly { readonly update: UpdateRecord; readonly bundle: HeldBundle }[]> => {
	// Asked for all at once: a store that does not answer takes its time for each.
	const found = await Promise.all(
		updates.map((update) =>
			unlessUnavailable(async () => {
				const isKnown = member.checkedBundles.has(bundleId(round, update));
				if (isKnown && (await isKept(member, update.bundleDigest))) return { status: "held" } as const;
				return fetchBundle(member, round, study, update);
			}),
		),
	);
	const held: { readonly update: UpdateRecord; readonly bundle: HeldBundle }[] = [];
	for (const [index, update] of updates.entries()) {
		const bundle = found[index] as (typeof found)[number];
		if (bundle.status !== "consistent") {
			held.push({ update, bundle });
			continue;
		}
		const kept = await unlessUnavailable(async () => {
			await requireProvenUpdates(member, { ...round, updates: [update] }, study);
			await ownStore(member).put(bundle.bytes, { signal: member.signal });
			member.checkedBundles.add(bundleId(round, update));
			return { status: "held" } as const;
		});
		held.push({ update, bundle: kept });
	}
	return held;
};

/**
 * Confirms to hold these updates' bundles, in one transaction. A study that began with another model than its own gets no confirmation, so
 * that no sum over it is ever opened.
 * @throws DecentraHealthError INITIAL_MODEL_MISMATCH
 */
export const confirmAvailability = async (
	member: Participant & Pick<Keyholder, "shareKey">,
	round: RoundRecord,
	updates: readonly UpdateRecord[],
) => {
	const { roundId, studyId } = round;
	await requireInitialModel(member, (await readLedger(member.connection)).ledger, studyId);
	await noteSeat(member, round);
	const held = updates.map(({ position, bundleDigest }) => ({ position, bundleDigest }));
	const summary = `confirm ${held.length} bundles of round ${roundId}`;
	const call = contractCall(member.connection, "roundManager", "confirmAvailability", [roundId, held], summary);
	return sendCall(member, `confirm-${roundId}`, call);
};
