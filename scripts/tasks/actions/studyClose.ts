/** study close: the coordinator ends a study for good whose round can't be finished after its freeze. */
import { closeStudy } from "../../../worker/node/coordinator.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";

export default taskAction(async ({ study: studyId, ...args }: WriteArguments & { readonly study: bigint }, hre) => {
	const { transactionHash } = await closeStudy(await openParticipant(hre, args), studyId);
	return {
		json: { studyId, transactionHash },
		lines: [`study ${studyId} is closed for good: its models stay, no round of it follows`],
	};
});
