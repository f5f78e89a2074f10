/** The committee's key sums: who posted which object, and whether enough of them can be used. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { frozenSetDigest } from "../../protocol/frozenSetDigest.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { decodeKeySum, type KeySum } from "../codecs/keySum.ts";
import type { KeySumRecord, StudyRecord } from "../ledger/state.ts";
import { check, eventPlace, fetchObject, mismatch, requireEqual } from "./check.ts";
import type { AuditPorts } from "./ports.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check, CheckPlace } from "./report.ts";

export const memberPlace = (
	round: RoundHistory,
	{ member, place }: Pick<KeySumRecord, "member" | "place">,
): CheckPlace => ({
	studyId: String(round.studyId),
	roundId: String(round.roundId),
	member,
	...eventPlace(place),
});

/** @returns the key sums that can be used */
export async function* auditKeySums(
	ports: AuditPorts,
	round: RoundHistory,
	study: StudyRecord,
): AsyncGenerator<Check, readonly KeySum[]> {
	const { accepted, keySums, opening, completed } = round;
	const { threshold } = study.parameters;
	const expected = {
		roundId: Number(round.roundId),
		frozenSetDigest: frozenSetDigest(
			round.roundId,
			accepted.map(({ hospital }) => hospital),
			accepted.map(({ bundleDigest }) => bundleDigest),
		),
	};
	const usable: KeySum[] = [];
	for (const posted of keySums) {
		const place = memberPlace(round, posted);
		const seat = yield* check("round.keySum.member", place, {
			run: () => {
				const index = opening.committee.indexOf(posted.member) + 1;
				if (index === 0) throw mismatch(`${posted.member} is not on the round's committee`);
				requireEqual("the member's index", posted.index, index);
				return index;
			},
			detail: (index) => `member ${index} of the committee`,
		});
		const memberIndex = seat?.value ?? posted.index;
		const object = yield* check("round.keySum.object", place, {
			run: async () => {
				const bytes = await fetchObject(ports, posted.keySumDigest);
				return decodeKeySum(bytes, standardProfile, { ...expected, memberIndex });
			},
			detail: `digest ${posted.keySumDigest}`,
			// Any t members' key sums are enough: round.keySum.count decides.
			severity: "warning",
		});
		if (seat !== undefined && object !== undefined) usable.push(object.value);
	}
	if (completed === undefined) return usable;
	yield* check(
		"round.keySum.count",
		{ studyId: String(round.studyId), roundId: String(round.roundId), ...eventPlace(completed.place) },
		{
			run: () => {
				if (usable.length >= threshold) return;
				throw new DecentraHealthError("KEY_SUM_MISSING", {
					message: `${usable.length} of ${keySums.length} posted key sums can be used, but ${threshold} are needed`,
					nextStep: "Ask the members to publish their key sum objects again, or add a gateway that has them.",
				});
			},
			detail: `${usable.length} usable, ${threshold} needed`,
			severity: round.phase === "Finalized" ? "failed" : "warning",
		},
	);
	return usable;
}
