/** Whether a study began with the model that its definition and this deployment give, in words. */
import type { ModelRecord } from "../../../worker/core/ledger/state.ts";
import { initialModelProblem } from "../../../worker/core/training/initialModel.ts";
import type { DeploymentId } from "../../../worker/protocol/deploymentId.ts";
import type { Study } from "../../../worker/protocol/study.ts";

export type InitialModelWords = { readonly tone: "ok" | "bad"; readonly label: string; readonly detail: string };

export const initialModelWords = (
	study: Study,
	deployment: DeploymentId,
	record: Pick<ModelRecord, "commitment" | "digest">,
): InitialModelWords => {
	const problem = initialModelProblem(study, deployment, record);
	return problem === undefined
		? {
				tone: "ok",
				label: "The initial weights are the definition's",
				detail: `Drawn again in this browser from the seed "${study.initialWeightsSeed}", the study and this deployment: nobody chose them.`,
			}
		: {
				tone: "bad",
				label: "Somebody chose the initial weights",
				detail: `The registered initial model is not the one that the definition gives: ${problem}. Take no part in this study: chosen weights can make the sum tell single records.`,
			};
};
