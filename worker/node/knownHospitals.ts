/**
 * Whose updates a member confirms and opens. The coordinator admits hospitals, so it could fill a round with wallets of its own around a single
 * real one: their weights subtracted from the sum are the victim's. A study can name its participants, a member whom it knows.
 */
import type { Address } from "viem";
import type { RoundRecord, StudyRecord, UpdateRecord } from "../core/ledger/state.ts";
import { leastUpdates } from "../protocol/developmentChain.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { fetchStudy, type Participant } from "./participant.ts";

export type KnownHospitals = {
	/** Wallets that this member's operator knows to be independent hospitals'. */
	readonly knownHospitals?: readonly Address[] | undefined;
	/** How many of them a set needs; by default as many as a sum needs to hide one, or all of them if they are fewer. */
	readonly minKnownHospitals?: number | undefined;
};

type Knowing = Pick<Participant, "connection" | "store" | "signal"> & KnownHospitals;

const leastKnown = (
	{ connection, knownHospitals = [], minKnownHospitals }: Knowing,
	{ parameters }: StudyRecord,
): number =>
	minKnownHospitals ??
	Math.min(knownHospitals.length, Math.max(parameters.minUpdates, leastUpdates(connection.chain.id)));

const knownAmong = ({ knownHospitals = [] }: KnownHospitals, updates: readonly UpdateRecord[]): number =>
	updates.filter(({ hospital }) => knownHospitals.includes(hospital)).length;

/**
 * Why this member does not confirm an update, by hospital. A stranger to the study never; one that the member does not know only in a round
 * with enough that it knows, for a set without them would be frozen and never opened.
 */
export const unexpectedHospitals = async (
	member: Knowing,
	{ updates }: Pick<RoundRecord, "updates">,
	study: StudyRecord,
): Promise<ReadonlyMap<Address, string>> => {
	const { participants } = await fetchStudy(member.store, study, member.signal);
	const { knownHospitals = [] } = member;
	const expected = updates.filter(({ hospital }) => participants?.includes(hospital) ?? true);
	const [known, least] = [knownAmong(member, expected), leastKnown(member, study)];
	const reasons = new Map<Address, string>();
	for (const { hospital } of updates) {
		if (!expected.some((update) => update.hospital === hospital)) {
			reasons.set(hospital, "is not on the study's list of participants");
		} else if (known < least && !knownHospitals.includes(hospital)) {
			reasons.set(hospital, `is not known here, and only ${known} of ${least} that are have submitted`);
		}
	}
	return reasons;
};

/** Before a key sum. @throws DecentraHealthError HOSPITALS_UNEXPECTED, and as fetchStudy */
export const requireExpectedHospitals = async (
	member: Knowing,
	{ roundId, updates }: Pick<RoundRecord, "roundId" | "updates">,
	study: StudyRecord,
): Promise<void> => {
	const { participants } = await fetchStudy(member.store, study, member.signal);
	const stranger = updates.find(({ hospital }) => !(participants?.includes(hospital) ?? true));
	if (stranger !== undefined) {
		throw new DecentraHealthError("HOSPITALS_UNEXPECTED", {
			message: `round ${roundId} holds an update of ${stranger.hospital}, which is not on the study's list of participants`,
			nextStep:
				"Do not sign, and ask the coordinator why it admitted this wallet: the study names all that may take part.",
		});
	}
	const [known, least] = [knownAmong(member, updates), leastKnown(member, study)];
	if (known >= least) return;
	throw new DecentraHealthError("HOSPITALS_UNEXPECTED", {
		message: `round ${roundId} holds updates of ${known} hospitals that this member knows, and is opened from ${least} on`,
		nextStep:
			"Find out who the others are. Only when they are hospitals independent of the coordinator, add their wallets to knownHospitals and start the worker again.",
	});
};
