/** round open: the coordinator opens a study's next round. */
import { openRound } from "../../../worker/node/coordinator.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { parseAddresses } from "../support/parse.ts";

type Arguments = WriteArguments & {
	readonly committee: string;
	readonly study: bigint;
	readonly submission: number;
	readonly checking: number;
	readonly attestation: number;
};

export default taskAction(async ({ committee, study: studyId, ...args }: Arguments, hre) => {
	const members = parseAddresses(committee, "committee member");
	const { submission, checking, attestation } = args;
	const durations = { submission, checking, attestation };
	const roundId = await openRound(await openParticipant(hre, args), { studyId, committee: members, durations });
	return {
		json: { roundId, studyId, committee: members, durations },
		lines: [`round ${roundId} of study ${studyId} is open for ${submission} s`],
	};
});
