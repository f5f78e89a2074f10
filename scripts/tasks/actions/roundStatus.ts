/** round status: where a round stands, from the events alone. */
import type { RoundRecord } from "../../../worker/core/ledger/state.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { taskAction } from "../support/action.ts";
import { openConnection } from "../support/network.ts";
import type { ReadArguments } from "../support/options.ts";
import { requireRound } from "../support/parse.ts";

const utc = (seconds: bigint): string => `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)} UTC`;

const ending = (round: RoundRecord, now: bigint): string => {
	const { phase, failure, deadline, checkingDeadline, membersOnlyUntil, closed, finalized } = round;
	if (phase === "Failed") return `failed: ${failure}`;
	if (phase === "Finalized") return `finalized: model ${finalized?.modelId}`;
	if (phase === "Frozen") return "frozen: waiting for its committee's key sums, which have no deadline";
	if (phase === "Opened") {
		const until = membersOnlyUntil ?? 0n;
		return now > until
			? "opened: waiting for attestations, of members or of the frozen set's hospitals"
			: `opened: waiting for attestations, of members alone until ${utc(until)}`;
	}
	return closed || now > deadline ? `being checked until ${utc(checkingDeadline)}` : `open until ${utc(deadline)}`;
};

export default taskAction(async ({ round: roundId, ...args }: ReadArguments & { readonly round: bigint }, hre) => {
	const { ledger, blockNumber, now } = await readLedger(await openConnection(hre, args));
	// Ids count from 1, so 0 can stand for "the newest".
	const round = requireRound(ledger, roundId === 0n ? undefined : roundId);
	const { opening, updates, keySums, attestations } = round;
	return {
		json: {
			roundId: round.roundId,
			studyId: round.studyId,
			baseModelId: round.baseModelId,
			phase: round.phase,
			failure: round.failure ?? null,
			deadline: round.deadline,
			checkingDeadline: round.checkingDeadline,
			membersOnlyUntil: round.membersOnlyUntil ?? null,
			now,
			blockNumber,
			beacon: opening.beacon,
			committee: opening.committee,
			committeeKeysDigest: opening.committeeKeysDigest,
			expectedUpdates: opening.expectedUpdates - round.removed.length,
			updates: updates.map(({ hospital, position, sampleCount, bundleDigest, confirmedBy }) => ({
				hospital,
				position,
				sampleCount,
				bundleDigest,
				confirmedBy,
			})),
			removed: round.removed,
			excluded: round.excluded,
			frozenSetDigest: round.frozen?.frozenSetDigest ?? null,
			keySums: keySums.map(({ member, index, proofs, place: { transactionHash } }) => {
				return { member, index, proofs: proofs.length, transactionHash };
			}),
			attestations: attestations.map(({ member, modelCommitment, modelDigest }) => ({
				member,
				modelCommitment,
				modelDigest,
			})),
			hospitalAttestations: round.hospitalAttestations.map(({ hospital, modelCommitment, modelDigest }) => ({
				hospital,
				modelCommitment,
				modelDigest,
			})),
			finalized: round.finalized ?? null,
		},
		lines: [
			`round ${round.roundId} of study ${round.studyId}, from model ${round.baseModelId}: ${ending(round, now)}`,
			`committee     keys ${opening.committeeKeysDigest}`,
			`updates       ${updates.length} of ${opening.expectedUpdates - round.removed.length} expected`,
			...updates.map(
				({ hospital, sampleCount, confirmedBy }) =>
					`              ${hospital}  ${sampleCount} samples, held by ${confirmedBy.length} members`,
			),
			...round.removed.map((hospital) => `              ${hospital}  removed: its bundle was not the proven one`),
			...round.excluded.map((hospital) => `              ${hospital}  excluded: too few members held its bundle`),
			`key sums      ${keySums.length} of ${opening.committee.length}`,
			...keySums.map(({ member, index }) => `              ${member}  member ${index}`),
			`attestations  ${attestations.length} of ${opening.committee.length}`,
			...attestations.map(
				({ member, modelDigest }) =>
					`              ${member}  member ${opening.committee.indexOf(member) + 1}: ${modelDigest}`,
			),
			...round.hospitalAttestations.map(
				({ hospital, modelDigest }) => `              ${hospital}  hospital: ${modelDigest}`,
			),
		],
	};
});
