/** study create: deploys the verifiers of a study's circuits and creates the study with its initial global model. */
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { createStudy } from "../../../worker/node/coordinator.ts";
import { requireKeysForChain } from "../../../worker/protocol/developmentChain.ts";
import { loadStudyCircuits, verificationKeyObjects } from "../../circuits/studyCircuits.ts";
import { requireVerifiersOf } from "../../deploy/checkVerifiers.ts";
import { deployStudyVerifiers } from "../../deploy/deployContracts.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { readStudyFile } from "../support/parse.ts";

export default taskAction(
	async ({ file, seed, ...args }: WriteArguments & { readonly file: string; readonly seed: string }, hre) => {
		const study = await readStudyFile(file);
		const circuits = await loadStudyCircuits(study.name);
		const verificationKeys = await verificationKeyObjects(circuits);
		const coordinator = await openParticipant(hre, args);
		const { client } = coordinator.connection;
		requireKeysForChain(coordinator.connection.chain.id, Object.values(circuits));
		const network = await hre.network.create();
		const verifiers = await deployStudyVerifiers(network, study.name).finally(() => network.close());
		await requireVerifiersOf(client, verifiers, circuits);
		const weights = initialWeights(study, seed);
		const studyId = await createStudy(coordinator, { study, initialWeights: weights, verifiers, verificationKeys });
		return {
			json: { studyId, name: study.name, weightCount: weights.length, ...verifiers },
			lines: [
				`study ${studyId} (${study.name}) with ${weights.length} weights`,
				`verifier of updates   ${verifiers.updateVerifier}`,
				`verifier of key sums  ${verifiers.keySumVerifier}`,
			],
		};
	},
);
