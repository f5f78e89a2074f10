/** What anyone may do about a round, exactly when the contract allows it, and why not before. */
import { isAvailable, type RoundRecord, type RoundThresholds } from "../../../worker/core/ledger/state.ts";
import { housekeeping, submissionsOver } from "../../../worker/core/nextAction.ts";
import { utc } from "../words/time.ts";

export type Act =
	| { readonly allowed: true; readonly means: string }
	/** @param from the first second at which it may become allowed, when that is only a matter of time */
	| { readonly allowed: false; readonly why: string; readonly from?: bigint };

export type RoundActs = { readonly freeze: Act; readonly fail: Act };

const refused = (why: string, from?: bigint): Act => ({ allowed: false, why, ...(from === undefined ? {} : { from }) });

const FAILING: Readonly<Record<"Frozen" | "Opened", string>> = {
	Frozen: "Too few members posted key sums in time. The round ends without a new model; nothing was opened.",
	Opened: "Too few members attested to the same model in time. The round ends without a new model.",
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

/** @param now Unix seconds by the chain's clock */
export const roundActs = (round: RoundRecord, thresholds: RoundThresholds, now: bigint): RoundActs => {
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
			};
		}
		case "Frozen":
		case "Opened":
			return {
				freeze: refused("Its set of updates is frozen already."),
				fail:
					due === "fail"
						? { allowed: true, means: FAILING[round.phase] }
						: refused(
								`Members have time until ${utc(round.deadline)}. A round can be failed only after its deadline.`,
								round.deadline + 1n,
							),
			};
		case "Finalized":
		case "Failed":
			return { freeze: refused("The round has ended."), fail: refused("The round has ended.") };
	}
};
