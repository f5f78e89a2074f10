/** The frozen set: exactly the live updates that enough members hold, in the order of acceptance, within the encryption's limits. */
import { frozenSetDigest } from "../../protocol/frozenSetDigest.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import type { StudyRecord } from "../ledger/state.ts";
import { check, eventPlace, mismatch, requireEqual } from "./check.ts";
import type { RoundHistory } from "./replay/state.ts";
import type { Check } from "./report.ts";

const requireSameList = (what: string, actual: readonly string[], expected: readonly string[]): void => {
	requireEqual(`the number of ${what}`, actual.length, expected.length);
	actual.forEach((value, index) => {
		requireEqual(`entry ${index} of the ${what}`, value, expected[index]);
	});
};

export async function* auditFrozenSet(
	round: RoundHistory,
	study: StudyRecord,
	rounds: Iterable<RoundHistory>,
): AsyncGenerator<Check, void> {
	const { accepted, unavailable, excluded, frozen, roundId } = round;
	const at = { studyId: String(round.studyId), roundId: String(roundId) };
	const samples = accepted.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
	const { maxUpdates, maxSampleSum } = standardProfile;
	yield* check("round.limits", at, {
		run: () => {
			if (accepted.length > maxUpdates) throw mismatch(`${accepted.length} updates, more than ${maxUpdates}`);
			if (samples > maxSampleSum) throw mismatch(`${samples} samples, more than ${maxSampleSum}`);
		},
		detail: `${accepted.length} updates of ${samples} samples`,
	});
	if (frozen === undefined) return;
	const place = { ...at, ...eventPlace(frozen.place) };
	const hospitals = accepted.map(({ hospital }) => hospital);
	const bundleDigests = accepted.map(({ bundleDigest }) => bundleDigest);
	const shareDigests = accepted.map(({ encryption }) => encryption.shareDigest);
	const { minUpdates, threshold, members } = study.parameters;
	for (const { hospital, confirmedBy } of unavailable) {
		yield* check(
			"round.excluded",
			{ ...place, hospital },
			{
				run: () => {
					if (!excluded.includes(hospital)) throw mismatch(`the chain does not say that ${hospital} is left out`);
				},
				detail: `rightly left out: ${confirmedBy.length} of ${members} members hold its bundle, ${threshold} needed`,
			},
		);
	}
	yield* check("round.frozen.set", place, {
		run: () => {
			const missed = unavailable.map(({ hospital }) => hospital);
			requireSameList("excluded hospitals", excluded, missed);
			requireSameList("frozen hospitals", frozen.hospitals, hospitals);
			requireSameList("frozen bundles", frozen.bundleDigests, bundleDigests);
			if (accepted.length < minUpdates) throw mismatch(`${accepted.length} updates, fewer than ${minUpdates}`);
		},
		detail: `${hospitals.length} updates of at least ${minUpdates}, each held by ${threshold} members or more: ${hospitals.join(", ")}`,
	});
	yield* check("round.frozen.digest", place, {
		run: () =>
			requireEqual(
				"the frozen set's digest",
				frozen.frozenSetDigest,
				frozenSetDigest(roundId, hospitals, bundleDigests, shareDigests),
			),
		detail: frozen.frozenSetDigest,
	});
	yield* check("round.frozen.base", place, {
		run: () => {
			// Whatever the study: sums over two sets from equal weights differ by single hospitals.
			const other = [...rounds].find(
				({ roundId: id, opening, frozen: theirs }) =>
					id !== roundId && theirs !== undefined && opening.baseCommitment === round.opening.baseCommitment,
			);
			if (other !== undefined) throw mismatch(`round ${other.roundId} froze another set over the same base weights`);
		},
		detail: "the only set over its base weights",
	});
}
