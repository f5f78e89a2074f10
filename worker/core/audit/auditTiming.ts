/** Deadlines of one round against the timestamps of its events' blocks. Within a deadline means timestamp <= deadline. */

import { CLOSING_DELAY, MAX_DURATION, minDuration } from "../../protocol/durations.ts";
import type { EventPlace } from "../ledger/events.ts";
import { FAILURE_REASONS } from "../ledger/state.ts";
import { check, mismatch, requireEqual } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

const requireTimes = async (getHeader: AuditPorts["getHeader"], round: RoundHistory, least: number): Promise<void> => {
	const { opening, submissions, closed, confirmations, unavailable, frozen } = round;
	const { completed, hospitalAttestations, failed } = round;
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
	const submission = opening.deadline - openedAt;
	if (submission < BigInt(least) || submission > BigInt(MAX_DURATION)) {
		throw mismatch(`the submission deadline is ${submission} s after the opening`);
	}
	for (const name of ["checkingDuration", "attestationDuration"] as const) {
		if (opening[name] < least || opening[name] > MAX_DURATION) throw mismatch(`the ${name} is ${opening[name]} s`);
	}
	let deadline = opening.deadline;
	if (closed !== undefined) {
		deadline = await timeOf(closed.place);
		requireEqual("the deadline of the submissions that closed early", closed.deadline, deadline);
	}
	for (const { hospital, place } of submissions) await requireBy(`the update of ${hospital}`, place, deadline);
	const checked = deadline + BigInt(opening.checkingDuration);
	for (const { member, place } of confirmations) await requireBy(`the confirmation of ${member}`, place, checked);
	// Nobody waits for the end of checking when every bundle is there.
	if (frozen !== undefined)
		await requireAfter("the freeze", frozen.place, unavailable.length === 0 ? deadline : checked);
	if (completed !== undefined) {
		const membersOnlyUntil = (await timeOf(completed.place)) + BigInt(opening.attestationDuration);
		requireEqual("the end of the members' time to attest", completed.membersOnlyUntil, membersOnlyUntil);
		for (const { hospital, place } of hospitalAttestations) {
			await requireAfter(`the attestation of ${hospital}`, place, membersOnlyUntil);
		}
	}
	if (failed === undefined) return;
	switch (FAILURE_REASONS[failed.reason]) {
		case "NotEnoughUpdates":
			await requireAfter("the failure", failed.place, deadline);
			return;
		case "NotEnoughAvailable":
			await requireAfter("the failure", failed.place, checked);
			return;
		case "StudyClosed": {
			const since = completed ?? frozen;
			if (since !== undefined) {
				await requireAfter("the study's end", failed.place, (await timeOf(since.place)) + CLOSING_DELAY);
			}
			return;
		}
		// Cancelled at any time; auditEnd refuses what is no reason.
		default:
	}
};

export async function* auditTiming(
	{ getHeader, chainId }: Pick<AuditPorts, "getHeader" | "chainId">,
	round: RoundHistory,
): AsyncGenerator<Check, void> {
	yield* check(
		"round.timing",
		{ studyId: String(round.studyId), roundId: String(round.roundId) },
		{
			run: () => requireTimes(getHeader, round, minDuration(chainId)),
			detail: "every step within its deadline, none before its time",
		},
	);
}
