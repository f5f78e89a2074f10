/** Deadlines of one round against the timestamps of its events' blocks. Within a deadline means timestamp <= deadline. */

import type { EventPlace } from "../ledger/events.ts";
import { FAILURE_REASONS } from "../ledger/state.ts";
import { check, mismatch, requireEqual } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

const MOST_DURATION = 365n * 24n * 3600n;

const requireTimes = async (getHeader: AuditPorts["getHeader"], round: RoundHistory): Promise<void> => {
	const { opening, submissions, closed, confirmations, unavailable, frozen } = round;
	const { keySums, completed, attestations, failed } = round;
	const timeOf = async ({ blockNumber }: EventPlace): Promise<bigint> => (await getHeader(blockNumber)).timestamp;
	const requireBy = async (what: string, place: EventPlace, deadline: bigint): Promise<void> => {
		const time = await timeOf(place);
		if (time > deadline) throw mismatch(`${what} in block ${place.blockNumber} is ${time - deadline} s late`);
	};
	const requireAfter = async (what: string, place: EventPlace, deadline: bigint): Promise<void> => {
		const time = await timeOf(place);
		if (time <= deadline) throw mismatch(`${what} in block ${place.blockNumber} is ${deadline - time + 1n} s early`);
	};

	const openedAt = await timeOf(round.place);
	if (opening.deadline <= openedAt || opening.deadline > openedAt + MOST_DURATION) {
		throw mismatch(`the submission deadline is ${opening.deadline - openedAt} s after the opening`);
	}
	for (const name of ["checkingDuration", "openingDuration", "attestationDuration"] as const) {
		if (opening[name] < 1 || opening[name] > MOST_DURATION) throw mismatch(`the ${name} is ${opening[name]} s`);
	}
	let deadline = opening.deadline;
	if (closed !== undefined) {
		deadline = await timeOf(closed.place);
		requireEqual("the deadline of the submissions that closed early", closed.deadline, deadline);
	}
	for (const { hospital, place } of submissions) await requireBy(`the update of ${hospital}`, place, deadline);
	const checked = deadline + BigInt(opening.checkingDuration);
	for (const { member, place } of confirmations) await requireBy(`the confirmation of ${member}`, place, checked);
	if (frozen !== undefined) {
		// Nobody waits for the end of checking when every bundle is there.
		await requireAfter("the freeze", frozen.place, unavailable.length === 0 ? deadline : checked);
		deadline = (await timeOf(frozen.place)) + BigInt(opening.openingDuration);
		requireEqual("the key sums' deadline", frozen.deadline, deadline);
	}
	for (const { member, place } of keySums) {
		const isLate = completed !== undefined && place.blockNumber > completed.place.blockNumber;
		await requireBy(`the key sum of ${member}`, place, isLate ? completed.deadline : deadline);
	}
	if (completed !== undefined) {
		// The t-th key sum does not shorten the time of the others.
		const attested = (await timeOf(completed.place)) + BigInt(opening.attestationDuration);
		if (attested > deadline) deadline = attested;
		requireEqual("the attestations' deadline", completed.deadline, deadline);
	}
	for (const { member, place } of attestations) await requireBy(`the attestation of ${member}`, place, deadline);
	if (failed === undefined) return;
	const reason = FAILURE_REASONS[failed.reason];
	if (reason === "InconsistentUpdate") return;
	await requireAfter("the failure", failed.place, reason === "NotEnoughAvailable" ? checked : deadline);
};

export async function* auditTiming(
	{ getHeader }: Pick<AuditPorts, "getHeader">,
	round: RoundHistory,
): AsyncGenerator<Check, void> {
	yield* check(
		"round.timing",
		{ studyId: String(round.studyId), roundId: String(round.roundId) },
		{
			run: () => requireTimes(getHeader, round),
			detail: "every step within its deadline, none before its time",
		},
	);
}
