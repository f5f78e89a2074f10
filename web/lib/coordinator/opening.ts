/** Whether a round can be opened, and with whom. */
import type { Address } from "viem";
import { activeRound, type Ledger } from "../../../worker/core/ledger/state.ts";
import { chooseCommittee } from "../../../worker/core/rotation.ts";

/** Members that may be seated, in the order of their admission. */
export const seatable = ({ members }: Pick<Ledger, "members">): readonly Address[] =>
	[...members].flatMap(([member, key]) => (key === undefined ? [] : [member]));

/** Everybody in turn, worker/core/rotation.ts; undefined with fewer members than seats. */
export const proposeCommittee = (ledger: Ledger, studyId: bigint): readonly Address[] | undefined => {
	const study = ledger.studies.get(studyId);
	if (study === undefined) return undefined;
	const roundId = BigInt(ledger.rounds.size + 1);
	return chooseCommittee(ledger, { pool: [...ledger.members.keys()], size: study.parameters.members, roundId });
};

/** Why the contract would refuse, whatever is chosen; none when it would not. */
export const studyProblems = (ledger: Ledger, studyId: bigint): readonly string[] => {
	const study = ledger.studies.get(studyId);
	if (study === undefined) return [`Study ${studyId} does not exist.`];
	const { minUpdates, members } = study.parameters;
	const active = activeRound(ledger, studyId);
	const committed = ledger.datasets.get(studyId)?.size ?? 0;
	const eligible = seatable(ledger).length;
	return [
		...(ledger.closedStudies.has(studyId) ? [`Study ${studyId} was closed for good.`] : []),
		...(active === undefined ? [] : [`Round ${active.roundId} has not ended. One round of a study is open at a time.`]),
		...(committed < minUpdates
			? [`${committed} of at least ${minUpdates} hospitals have committed a data set for this study.`]
			: []),
		...(eligible < members ? [`${eligible} of ${members} committee members needed have registered a share key.`] : []),
	];
};

/** Why the contract would refuse this committee; undefined when it would not. */
export const committeeProblem = (
	ledger: Ledger,
	studyId: bigint,
	committee: readonly Address[],
): string | undefined => {
	const needed = ledger.studies.get(studyId)?.parameters.members ?? 0;
	if (committee.length !== needed) return `Choose ${needed} members; ${committee.length} are chosen.`;
	if (new Set(committee).size < committee.length) return "A member is chosen twice.";
	const keyless = committee.find((member) => ledger.members.get(member) === undefined);
	return keyless === undefined ? undefined : `${keyless} has no share key, or is not admitted any more.`;
};
