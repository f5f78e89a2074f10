/** committee attest: a member recomputes the new global model, publishes it and attests to it. */
import { closeProver } from "../../../worker/adapters/prover.ts";
import { attestModel } from "../../../worker/node/attestation.ts";
import { taskAction } from "../support/action.ts";
import { type MemberRoundArguments, memberRoundTask } from "../support/memberRound.ts";

export default taskAction(async (args: MemberRoundArguments, hre) => {
	const { member, round, study } = await memberRoundTask(hre, args);
	const { transactionHash } = await attestModel(member, round, study).finally(closeProver);
	const { roundId } = round;
	return {
		json: { roundId, member: member.transactor.address, transactionHash },
		lines: [`attested to the new global model of round ${roundId}: transaction ${transactionHash}`],
	};
});
