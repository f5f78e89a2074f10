/** What anyone may do for a round whose time has come: freeze it, or fail it. */
import type { Housekeeping } from "../core/nextAction.ts";
import { contractCall, type Participant, sendCall } from "./participant.ts";

export const carryOut = (
	participant: Pick<Participant, "connection" | "transactor" | "progress">,
	{ kind, round }: Housekeeping,
) => {
	const call = contractCall(
		participant.connection,
		"roundManager",
		kind,
		[round.roundId],
		`${kind} round ${round.roundId}`,
	);
	return sendCall(participant, `${kind}-${round.roundId}`, call);
};
