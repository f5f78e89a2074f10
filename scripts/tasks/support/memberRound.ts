/** A committee member and the round that it is to act in, as deep in the chain as the member waits for. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { readLedger, requireStudy } from "../../../worker/node/participant.ts";
import { requireRound } from "./parse.ts";
import { type MemberArguments, openMember } from "./worker.ts";

export type MemberRoundArguments = MemberArguments & { readonly round: bigint };

export const memberRoundTask = async (hre: HardhatRuntimeEnvironment, args: MemberRoundArguments) => {
	const member = await openMember(hre, args);
	const { ledger } = await readLedger(member.connection, member.confirmations);
	// Ids count from 1, so 0 can stand for "the newest".
	const round = requireRound(ledger, args.round === 0n ? undefined : args.round);
	return { member, round, study: requireStudy(ledger, round.studyId) };
};
