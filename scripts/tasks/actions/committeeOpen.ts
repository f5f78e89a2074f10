/** committee open: a member opens its share of the key sum of a frozen round, for one set of updates a round, for ever. */
import { postKeySum } from "../../../worker/node/keySum.ts";
import { taskAction } from "../support/action.ts";
import { type MemberRoundArguments, memberRoundTask } from "../support/memberRound.ts";

export default taskAction(async (args: MemberRoundArguments, hre) => {
	const { member, round, study } = await memberRoundTask(hre, args);
	const { transactionHash } = await postKeySum(member, round, study);
	const { roundId, updates } = round;
	return {
		json: { roundId, member: member.transactor.address, updates: updates.length, transactionHash },
		lines: [`the key sum of ${updates.length} updates is posted in round ${roundId}: transaction ${transactionHash}`],
	};
});
