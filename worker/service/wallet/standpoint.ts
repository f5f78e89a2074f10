/** What the chain says, as far as a decision stands on it: as long as it is the same, what was offered to the wallet is still the thing to do. */
import type { Role } from "../config/schema.ts";
import type { Look } from "../loop/runLoop.ts";

/** Whatever else makes an offered transaction impossible shows when it is simulated. */
export const standpointOf = (role: Role, look: Look | undefined): string => {
	if (look === undefined) return "";
	const { studyId, round, now } = look;
	if (round === undefined) return `study ${studyId}`;
	const { roundId, phase, opening, deadline, checkingDeadline, membersOnlyUntil, frozen, updates, removed } = round;
	const times = [deadline, checkingDeadline, membersOnlyUntil].map((time) => time !== undefined && now > time);
	const common = [studyId, roundId, phase, opening.beacon, ...times];
	// A member's confirmations and challenges are about the updates that there are.
	const own = role === "committee" ? [updates.length, removed.length, frozen?.frozenSetDigest] : [];
	return [...common, ...own].join("|");
};
