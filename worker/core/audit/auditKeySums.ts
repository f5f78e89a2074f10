/** The committee's key sums: who posted them, what each says, and its proofs; docs/PROTOCOL.md sections 3.1 and 5.4. */
import { frozenSetDigest } from "../../protocol/frozenSetDigest.ts";
import { standardProfile } from "../../protocol/profiles.ts";
import { type MemberKeySum, openKeySums } from "../aggregation/openKeySums.ts";
import { verifyKeySumStatement } from "../keySum/verifyKeySumStatement.ts";
import type { KeySumRecord } from "../ledger/state.ts";
import { requireProof } from "./auditProofs.ts";
import type { UpdateAudit } from "./auditUpdate.ts";
import { check, eventPlace, mismatch, requireEqual, skipped } from "./check.ts";
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

/** @returns whether every proof holds for its signals */
async function* auditKeySumProofs(
	ports: AuditPorts,
	{ proofs }: KeySumRecord,
	{
		keys,
		signals,
		place,
	}: Pick<UpdateAudit, "keys"> & {
		readonly signals: readonly (readonly bigint[])[];
		readonly place: CheckPlace;
	},
): AsyncGenerator<Check, boolean> {
	const key = keys.keySum;
	let areProven = true;
	for (const [index, { proof }] of proofs.entries()) {
		const at = { ...place, keySumProof: index };
		if (key === undefined) {
			yield skipped("round.keySum.proof", at, "there is no verification key");
			continue;
		}
		const proven = yield* check("round.keySum.proof", at, {
			run: () => requireProof(ports, { key, signals: signals[index] ?? [], proof }),
			detail: `proof ${index + 1} of ${proofs.length}: the sum of the shares that the updates' proofs committed to`,
		});
		areProven &&= proven !== undefined;
	}
	return areProven;
}

/** @returns the key sum when all that its contract checked holds */
async function* auditKeySum(
	ports: AuditPorts,
	posted: KeySumRecord,
	{ round, study, keys }: UpdateAudit,
): AsyncGenerator<Check, MemberKeySum | undefined> {
	const { accepted, opening, roundId } = round;
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
	const shareDigests = accepted.map(({ encryption }) => encryption.shareDigest);
	const statement = yield* check("round.keySum.statement", place, {
		run: () =>
			verifyKeySumStatement(posted.values, posted.proofs, {
				chainId: ports.chainId,
				roundManager: ports.deployment.roundManager,
				roundId,
				frozenSetDigest: frozenSetDigest(
					roundId,
					accepted.map(({ hospital }) => hospital),
					accepted.map(({ bundleDigest }) => bundleDigest),
					shareDigests,
				),
				memberIndex,
				shareDigests,
				slots: study.parameters.keySumSlots,
				keyElements: standardProfile.keyElements,
			}),
		detail: `${posted.values.length} elements, for the frozen set of ${accepted.length} updates`,
	});
	if (statement === undefined) {
		yield skipped("round.keySum.proof", place, "it is not known what the proofs would have to show");
		return undefined;
	}
	const areProven = yield* auditKeySumProofs(ports, posted, { keys, signals: statement.value, place });
	return seat !== undefined && areProven ? { memberIndex, values: posted.values } : undefined;
}

/** @returns the proven key sums */
export async function* auditKeySums(
	ports: AuditPorts,
	audit: UpdateAudit,
): AsyncGenerator<Check, readonly MemberKeySum[]> {
	const { round, study } = audit;
	const proven: MemberKeySum[] = [];
	for (const posted of round.keySums) {
		const keySum = yield* auditKeySum(ports, posted, audit);
		if (keySum !== undefined) proven.push(keySum);
	}
	const { completed } = round;
	if (completed === undefined) return proven;
	const { threshold } = study.parameters;
	yield* check(
		"round.keySum.agreement",
		{ studyId: String(round.studyId), roundId: String(round.roundId), ...eventPlace(completed.place) },
		{
			run: () => openKeySums(proven, threshold),
			detail: `${proven.length} proven, ${threshold} needed: all on the same polynomials`,
		},
	);
	return proven;
}
