/** What anyone may do for a round whose time has come: freeze it, or fail it. */
import { type Housekeeping, housekeeping, type Wait } from "../core/nextAction.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import { contractCall, type Participant, readLedger, requireStudy, sendCall } from "./participant.ts";

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

/** As {@link carryOut}; that somebody else was faster, or the round has changed since the decision, is no error. */
export const carryOutUnlessDone = async (participant: Caller, action: Housekeeping): Promise<Housekeeping | Wait> => {
	const { roundId, studyId } = action.round;
	try {
		await carryOut(participant, action);
		return action;
	} catch (error) {
		if (!isDecentraHealthError(error) || error.code !== "CONTRACT_REVERTED") throw error;
		const { ledger, now } = await readLedger(participant.connection);
		const round = ledger.rounds.get(roundId);
		const { parameters } = requireStudy(ledger, studyId);
		if (round !== undefined && housekeeping(round, parameters, now)?.kind === action.kind) throw error;
		return { kind: "wait", reason: `there is nothing to ${action.kind} in round ${roundId} any more` };
	}
};
