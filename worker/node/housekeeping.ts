/** What anyone may do for a round whose time has come: freeze it, or fail it. */
import type { Housekeeping, Wait } from "../core/nextAction.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { contractCall, type Participant, readLedger, sendCall } from "./participant.ts";

type Caller = Pick<Participant, "connection" | "transactor" | "progress">;

export const carryOut = (participant: Caller, { kind, round }: Housekeeping) => {
	const call = contractCall(
		participant.connection,
		"roundManager",
		kind,
		[round.roundId],
		`${kind} round ${round.roundId}`,
	);
	return sendCall(participant, `${kind}-${round.roundId}`, call);
};

/** As {@link carryOut}; that somebody else was faster is no error. */
export const carryOutUnlessDone = async (participant: Caller, action: Housekeeping): Promise<Housekeeping | Wait> => {
	const { roundId, phase } = action.round;
	try {
		await carryOut(participant, action);
		return action;
	} catch (error) {
		if (!isDecentraHealthError(error) || error.code !== "CONTRACT_REVERTED") throw error;
		const { ledger } = await readLedger(participant.connection);
		if (ledger.rounds.get(roundId)?.phase === phase) throw error;
		return { kind: "wait", reason: `round ${roundId} is not ${phase.toLowerCase()} any more` };
	}
};
