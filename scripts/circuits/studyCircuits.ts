/** The prepared circuits of a study, with the verification keys as objects to publish. */
import { readFile } from "node:fs/promises";
import { type CircuitFiles, loadCircuit } from "../../worker/adapters/prover.ts";
import { studyInstanceName } from "../ignition/DecentraHealth.ts";
import { CIRCUIT_CACHE } from "./compile.ts";

export type StudyCircuits = { readonly train: CircuitFiles; readonly encrypt: CircuitFiles };

/** @param study its name, such as "wdbc" @throws DecentraHealthError PROVING_KEY_MISSING, PROVING_KEY_MISMATCH */
export const loadStudyCircuits = async (study: string): Promise<StudyCircuits> => {
	const instance = studyInstanceName(study);
	const [train, encrypt] = await Promise.all([
		loadCircuit(CIRCUIT_CACHE, `TrainSegment${instance}`),
		loadCircuit(CIRCUIT_CACHE, `EncryptUpdate${instance}`),
	]);
	return { train, encrypt };
};

/** Canonical bytes of both verification keys: their digests are the verifiers' VK_HASH. */
export const verificationKeyObjects = ({ train, encrypt }: StudyCircuits): Promise<readonly Uint8Array[]> =>
	Promise.all([train, encrypt].map(({ verificationKeyFile }) => readFile(verificationKeyFile)));
