/** Builds what one study needs, and hands out what its participants work with. Nothing generated has to be there before. */

import { readStudyFile, studyPath } from "../worker/adapters/studyFile.ts";
import { DecentraHealthError } from "../worker/protocol/errors.ts";
import type { Study } from "../worker/protocol/study.ts";
import { studySteps } from "./build.ts";
import { type RunOptions, runSteps } from "./checks/steps.ts";
import { loadStudyCircuits, type StudyCircuits, verificationKeyObjects } from "./circuits/studyCircuits.ts";

export type PreparedStudy = {
	readonly study: Study;
	readonly circuits: StudyCircuits;
	/** Canonical bytes, for IPFS. */
	readonly verificationKeys: readonly Uint8Array[];
};

/**
 * Circuits, development keys, verifier contracts, compiled contracts and ABIs of a study: scripts/deploy then deploys its verifiers by its
 * name. A second or two when nothing changed.
 * @param file a study's file, or the name of one in studies/
 * @throws DecentraHealthError STUDY_INVALID; CIRCUIT_COMPILE when a step failed, which has then said why; PROVING_KEY_MISSING,
 *   PROVING_KEY_MISMATCH when another study of this name was prepared meanwhile
 */
export const prepareStudy = async (file: string, options: RunOptions = { terse: true }): Promise<PreparedStudy> => {
	const study = await readStudyFile(file);
	if (!(await runSteps(studySteps([studyPath(file)]), options))) {
		throw new DecentraHealthError("CIRCUIT_COMPILE", {
			message: `the build of what the study "${study.name}" needs failed`,
			nextStep: `Read the step's message above; \`npm run circuits -- --study ${file}\` repeats the first step.`,
		});
	}
	const circuits = await loadStudyCircuits(study);
	return { study, circuits, verificationKeys: await verificationKeyObjects(circuits) };
};
