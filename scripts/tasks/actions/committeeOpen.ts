/** committee open: a member opens its share of the key sum of a frozen round, for one set of updates a round, for ever. */
import { closeProver } from "../../../worker/adapters/prover.ts";
import { postKeySum, requireFrozen } from "../../../worker/node/keySum.ts";
import { seatOf } from "../../../worker/node/member.ts";
import { fetchStudy } from "../../../worker/node/participant.ts";
import { loadStudyCircuits } from "../../circuits/studyCircuits.ts";
import { taskAction } from "../support/action.ts";
import { type MemberRoundArguments, memberRoundTask } from "../support/memberRound.ts";

export default taskAction(async (args: MemberRoundArguments, hre) => {
	const { member, round, study: record } = await memberRoundTask(hre, args);
	requireFrozen(round);
	seatOf(member, round);
	const study = await fetchStudy(member.store, record);
	const circuits = await loadStudyCircuits(study);
	const posted = postKeySum({ ...member, circuits }, round, record).finally(closeProver);
	const { transactionHash, gasUsed } = await posted;
	const { roundId, updates } = round;
	return {
		json: { roundId, member: member.transactor.address, updates: updates.length, transactionHash, gasUsed },
		lines: [`the key sum of ${updates.length} updates is posted in round ${roundId}: transaction ${transactionHash}`],
	};
});
