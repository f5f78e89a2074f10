/** study create: deploys the verifiers of a study's circuits and creates the study with its initial global model. */
import { createStudy } from "../../../worker/node/coordinator.ts";
import { requireKeysForChain } from "../../../worker/protocol/developmentChain.ts";
import { architectureOf } from "../../../worker/protocol/study.ts";
import { requireVerifiersOf } from "../../deploy/checkVerifiers.ts";
import { deployStudyVerifiers } from "../../deploy/deployContracts.ts";
import { prepareStudy } from "../../prepareStudy.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";

export default taskAction(async ({ file, ...args }: WriteArguments & { readonly file: string }, hre) => {
	const { study, circuits, verificationKeys } = await prepareStudy(file);
	// The build may have made verifiers that Hardhat has not seen when it started.
	await hre.artifacts.clearCache();
	const coordinator = await openParticipant(hre, args);
	const { client } = coordinator.connection;
	requireKeysForChain(coordinator.connection.chain.id, Object.values(circuits));
	const network = await hre.network.create();
	const verifiers = await deployStudyVerifiers(network, study.name).finally(() => network.close());
	await requireVerifiersOf(client, verifiers, circuits);
	const { weightCount } = architectureOf(study);
	const studyId = await createStudy(coordinator, { study, verifiers, verificationKeys });
	return {
		json: { studyId, name: study.name, weightCount: weightCount, ...verifiers },
		lines: [
			`study ${studyId} (${study.name}) with ${weightCount} weights`,
			`verifier of updates   ${verifiers.updateVerifier}`,
			`verifier of key sums  ${verifiers.keySumVerifier}`,
		],
	};
});
