/** study create: deploys the verifiers of a study's circuits and creates the study with its initial global model. */
import { readFile } from "node:fs/promises";
import { loadCircuit } from "../../../worker/adapters/prover/manifest.ts";
import { initialWeights } from "../../../worker/core/training/initialWeights.ts";
import { createStudy } from "../../../worker/node/coordinator.ts";
import { CIRCUIT_CACHE } from "../../circuits/compile.ts";
import { deployStudyVerifiers } from "../../deploy/deployContracts.ts";
import { studyInstanceName } from "../../ignition/DecentraHealth.ts";
import { taskAction } from "../support/action.ts";
import { openParticipant } from "../support/network.ts";
import type { WriteArguments } from "../support/options.ts";
import { readStudyFile } from "../support/parse.ts";

export default taskAction(
	async ({ file, seed, ...args }: WriteArguments & { readonly file: string; readonly seed: string }, hre) => {
		const study = await readStudyFile(file);
		const instance = studyInstanceName(study.name);
		const circuits = await Promise.all(
			["TrainSegment", "EncryptUpdate"].map((circuit) => loadCircuit(CIRCUIT_CACHE, `${circuit}${instance}`)),
		);
		const verificationKeys = await Promise.all(
			circuits.map(({ verificationKeyFile }) => readFile(verificationKeyFile)),
		);
		const coordinator = await openParticipant(hre, args);
		const network = await hre.network.create();
		const verifiers = await deployStudyVerifiers(network, study.name).finally(() => network.close());
		const weights = initialWeights(study, seed);
		const studyId = await createStudy(coordinator, { study, initialWeights: weights, verifiers, verificationKeys });
		return {
			json: { studyId, name: study.name, weightCount: weights.length, ...verifiers },
			lines: [
				`study ${studyId} (${study.name}) with ${weights.length} weights`,
				`verifier of training    ${verifiers.trainVerifier}`,
				`verifier of encryption  ${verifiers.encryptVerifier}`,
			],
		};
	},
);
