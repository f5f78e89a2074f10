/** round freeze and round fail: what anyone may do for a round whose time has come. */
import type { Housekeeping } from "../../../worker/core/nextAction.ts";
import { carryOut } from "../../../worker/node/housekeeping.ts";
import { readLedger } from "../../../worker/node/participant.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { requireRound } from "../support/parse.ts";

const DONE = {
	freeze: "frozen: the committee can post its key sums",
	fail: "failed: the next round can open",
} as const;

export const housekeepingAction = (kind: Housekeeping["kind"]) =>
	taskAction(async ({ round: roundId, ...args }: WriteArguments & { readonly round: bigint }, hre) => {
		const participant = await openParticipant(hre, args);
		const { ledger } = await readLedger(participant.connection);
		const round = requireRound(ledger, roundId);
		const { transactionHash } = await carryOut(participant, { kind, round });
		return { json: { roundId, transactionHash }, lines: [`round ${roundId} is ${DONE[kind]}`] };
	});
