/** What anyone may do about a round, exactly when the contract allows it, and why not before. */
import { isAvailable, type RoundRecord, type RoundThresholds } from "../../../worker/core/ledger/state.ts";
import { housekeeping, submissionsOver } from "../../../worker/core/nextAction.ts";
import { CLOSING_DELAY } from "../../../worker/protocol/durations.ts";
import { utc } from "../words/time.ts";

export type Act =
	| { readonly allowed: true; readonly means: string }
	/** @param from the first second at which it may become allowed, when that is only a matter of time */
	| { readonly allowed: false; readonly why: string; readonly from?: bigint };

export type RoundActs = {
	/** Anyone's. */
	readonly freeze: Act;
	readonly fail: Act;
	/** The coordinator's alone. */
	readonly cancel: Act;
	/** Of the round's study. */
	readonly close: Act;
};
export type ActName = keyof RoundActs;
export const ACT_NAMES = ["freeze", "fail", "cancel", "close"] as const satisfies readonly ActName[];

const refused = (why: string, from?: bigint): Act => ({ allowed: false, why, ...(from === undefined ? {} : { from }) });

/** When the t-th key sum came, by what it started. */
const openedAt = ({ membersOnlyUntil, opening }: RoundRecord): bigint | undefined =>
	membersOnlyUntil === undefined ? undefined : membersOnlyUntil - BigInt(opening.attestationDuration);

const CAN_ONLY_FINISH = "Its set is frozen: the round can only finish, and is never repeated.";
const ENDED = refused("The round has ended.");

/** @param since when the phase began, Unix seconds; undefined while that is not known */
const closeAct = (since: bigint | undefined, now: bigint): Act => {
	if (since === undefined) return refused("When the round was frozen is not known yet.");
	const from = since + CLOSING_DELAY + 1n;
	return now < from
		? refused(`If it can never finish, the study may be closed for good from ${utc(from)} on.`, from)
		: {
				allowed: true,
				means:
					"For rounds that can never finish: the study ends for good, with the models it has. This can't be undone.",
			};
};

type Counts = { readonly live: number; readonly available: number; readonly least: number };

/** Why an open round can't be frozen now. */
const notFrozen = (round: RoundRecord, { live, available, least }: Counts, now: bigint): Act => {
	if (!submissionsOver(round, now)) {
		return refused(`Hospitals may submit until ${utc(round.deadline)}.`, round.deadline + 1n);
	}
	if (live < least) return refused(`Only ${live} of at least ${least} updates came: the round can only fail.`);
	if (now <= round.checkingDeadline) {
		return refused(
			`Members have confirmed ${available} of ${live} updates. They may until ${utc(round.checkingDeadline)}.`,
			round.checkingDeadline + 1n,
		);
	}
	return refused(`Only ${available} of at least ${least} updates are held by enough members: the round can only fail.`);
};

/** Why an open round can't be failed now. */
const notFailed = (round: RoundRecord, { available, least }: Counts, now: bigint): Act => {
	if (now <= round.deadline) return refused(`Hospitals may submit until ${utc(round.deadline)}.`, round.deadline + 1n);
	if (available >= least) return refused(`${available} updates are held by enough members: freeze the round instead.`);
	return refused(`Members may confirm updates until ${utc(round.checkingDeadline)}.`, round.checkingDeadline + 1n);
};

/**
 * @param now Unix seconds by the chain's clock
 * @param frozenAt timestamp of the block in which the set was frozen, when it is known
 */
export const roundActs = (
	round: RoundRecord,
	thresholds: RoundThresholds,
	now: bigint,
	frozenAt?: bigint,
): RoundActs => {
	const due = housekeeping(round, thresholds, now)?.kind;
	switch (round.phase) {
		case "Open": {
			const counts = {
				live: round.updates.length,
				available: round.updates.filter((update) => isAvailable(update, thresholds)).length,
				least: thresholds.minUpdates,
			};
			const why =
				counts.live < counts.least
					? `Only ${counts.live} of at least ${counts.least} updates came.`
					: `Only ${counts.available} of at least ${counts.least} updates are held by enough members.`;
			return {
				freeze:
					due === "freeze"
						? {
								allowed: true,
								means: `The ${counts.available} updates that enough members hold become the round's set, once for ever.`,
							}
						: notFrozen(round, counts, now),
				fail:
					due === "fail"
						? { allowed: true, means: `${why} The round ends without a new model; the next one can open.` }
						: notFailed(round, counts, now),
				cancel: {
					allowed: true,
					means: "Nothing of it was opened. The round ends without a new model; the next one can open.",
				},
				close: refused("A round that is not frozen can be cancelled instead."),
			};
		}
		case "Frozen":
		case "Opened":
			return {
				freeze: refused("Its set of updates is frozen already."),
				fail: refused(CAN_ONLY_FINISH),
				cancel: refused(CAN_ONLY_FINISH),
				close: closeAct(openedAt(round) ?? frozenAt, now),
			};
		case "Finalized":
		case "Failed":
			return { freeze: ENDED, fail: ENDED, cancel: ENDED, close: ENDED };
	}
};
