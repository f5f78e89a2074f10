/** round cancel: the coordinator ends an Open round; nothing of it was opened, and the next one starts from the same model. */
import { cancelRound } from "../../../worker/node/coordinator.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";

export default taskAction(async ({ round: roundId, ...args }: WriteArguments & { readonly round: bigint }, hre) => {
	const { transactionHash } = await cancelRound(await openParticipant(hre, args), roundId);
	return { json: { roundId, transactionHash }, lines: [`round ${roundId} is cancelled: the next round can open`] };
});
