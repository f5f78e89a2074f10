/** Whether a study began with the model that its definition gives: nobody may choose the weights that hospitals start from. */

import type { Ledger } from "../core/ledger/state.ts";
import { initialModelProblem } from "../core/training/initialModel.ts";
import { DecentraHealthError } from "../protocol/errors.ts";
import { fetchStudy, type Participant, requireStudy } from "./participant.ts";

/**
 * Recomputes the study's initial model. With weights of somebody's choice, the public sum would tell features of single records
 * (docs/THREATS.md).
 * @throws DecentraHealthError INITIAL_MODEL_MISMATCH when the registered one is another; STUDY_MISSING, STUDY_INVALID, BLOCK_*, IPFS_UNREACHABLE
 */
export const requireInitialModel = async (
	{ connection, store, signal }: Pick<Participant, "connection" | "store" | "signal">,
	ledger: Ledger,
	studyId: bigint,
): Promise<void> => {
	const study = await fetchStudy(store, requireStudy(ledger, studyId), signal);
	const { chain, deployment } = connection;
	const model = [...ledger.models.values()].find((one) => one.studyId === studyId && one.parent === 0n);
	const problem =
		model === undefined
			? "the chain shows none"
			: initialModelProblem(study, { chainId: chain.id, roundManager: deployment.roundManager }, model);
	if (problem === undefined) return;
	throw new DecentraHealthError("INITIAL_MODEL_MISMATCH", {
		message: `the initial model of study ${studyId} is not the one that its definition gives: ${problem}`,
		nextStep:
			"Take no part in this study: chosen initial weights can make the sum tell single records. Have the coordinator create another study.",
	});
};
