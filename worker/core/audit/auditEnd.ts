/** How a round that made no model stands: failed for a reason that its events show, or still going on. */
import { FAILURE_REASONS, isAvailable, type ModelRecord, type StudyRecord } from "../ledger/state.ts";
import { check, eventPlace, mismatch, requireEqual } from "./check.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

const requireReason = (
	{ accepted, keySums, attestations }: RoundHistory,
	{ reason, from }: NonNullable<RoundHistory["failed"]>,
	{ minUpdates, threshold }: StudyRecord["parameters"],
): string => {
	const name = FAILURE_REASONS[reason];
	switch (name) {
		case "NotEnoughUpdates":
			requireEqual("the phase that failed", from, "Open");
			if (accepted.length >= minUpdates) throw mismatch(`${accepted.length} updates were enough`);
			return `${accepted.length} updates, ${minUpdates} needed`;
		case "NotEnoughAvailable": {
			requireEqual("the phase that failed", from, "Open");
			if (accepted.length < minUpdates) throw mismatch(`${accepted.length} updates were too few before any was missed`);
			const available = accepted.filter((update) => isAvailable(update, { threshold })).length;
			if (available >= minUpdates) throw mismatch(`${available} updates were available, which is enough`);
			return `${available} of ${accepted.length} updates were held by ${threshold} members, ${minUpdates} needed`;
		}
		case "Cancelled":
			requireEqual("the phase that failed", from, "Open");
			return "by the coordinator, before anything was frozen";
		case "StudyClosed":
			if (from !== "Frozen" && from !== "Opened") throw mismatch(`a study is not closed for a round that is ${from}`);
			return `${keySums.length} key sums, ${threshold} needed; ${attestations.length} attestations; no round of the study follows`;
		case "None":
		case undefined:
			throw mismatch(`reason ${reason} is none`);
		default:
			throw name satisfies never;
	}
};

export async function* auditEnd(
	round: RoundHistory,
	{ study, models }: { study: StudyRecord; models: readonly ModelRecord[] },
): AsyncGenerator<Check, void> {
	const { failed, phase, accepted, keySums, attestations } = round;
	const place = { studyId: String(round.studyId), roundId: String(round.roundId) };
	if (failed !== undefined) {
		yield* check(
			"round.failed",
			{ ...place, ...eventPlace(failed.place) },
			{
				run: () => {
					const reason = requireReason(round, failed, study.parameters);
					const appended = models.find(({ roundId }) => roundId === round.roundId);
					if (appended !== undefined) throw mismatch(`the failed round appended model ${appended.modelId}`);
					return reason;
				},
				detail: (reason) => `${FAILURE_REASONS[failed.reason]}: ${reason}; the model is unchanged`,
			},
		);
	} else if (phase !== "Finalized") {
		yield {
			id: "round.phase",
			place,
			status: "ok",
			detail: `still ${phase}: ${accepted.length} updates, ${keySums.length} key sums, ${attestations.length} attestations`,
		};
	}
}
