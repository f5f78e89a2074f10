/** round challenge: shows the contract that an update's bundle is not what its proof says. Anyone may. */
import { fetchBundle } from "../../../worker/node/bundles.ts";
import { challengeUpdate } from "../../../worker/node/challenge.ts";
import { readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { DecentraHealthError } from "../../../worker/protocol/errors.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { parseAddress, requireRound, requireUpdate } from "../support/parse.ts";

type Arguments = WriteArguments & { readonly round: bigint; readonly hospital: string };

export default taskAction(async ({ round: roundId, hospital, ...args }: Arguments, hre) => {
	const address = parseAddress(hospital, "hospital");
	const participant = await openParticipant(hre, args);
	const { ledger } = await readLedger(participant.connection);
	const round = requireRound(ledger, roundId);
	const update = requireUpdate(round, address);
	const checked = await fetchBundle(participant, round, requireStudy(ledger, round.studyId), update);
	if (checked.status === "consistent") {
		throw new DecentraHealthError("TASK_REFUSED", {
			message: `the bundle of ${address} in round ${roundId} is exactly what its proof says`,
			nextStep: "There is nothing to challenge; the contract would refuse it.",
		});
	}
	const { transactionHash, gasUsed } = await challengeUpdate(participant, round, update, checked.bytes);
	const { problem } = checked;
	return {
		json: { roundId, hospital: address, problem, transactionHash, gasUsed },
		lines: [
			`the update of ${address} is challenged: ${problem}`,
			round.phase === "Open"
				? "it is removed from the round, and its hospital is barred"
				: "the round has failed, for its set can't change any more; the hospital is barred",
		],
	};
});
