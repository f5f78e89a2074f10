/** The circuits of a study that `npm run circuits` prepared here, with the verification keys as objects to publish. */
import { readFile } from "node:fs/promises";
import { loadStudyCircuits as loadFrom, type StudyCircuits } from "../../worker/adapters/prover/studyCircuits.ts";
import type { Study } from "../../worker/protocol/study.ts";
import { CIRCUIT_CACHE } from "./compile.ts";

export type { StudyCircuits } from "../../worker/adapters/prover/studyCircuits.ts";

/** @throws DecentraHealthError PROVING_KEY_MISSING, PROVING_KEY_MISMATCH */
export const loadStudyCircuits = (study: Study): Promise<StudyCircuits> => loadFrom(CIRCUIT_CACHE, study);

/** Canonical bytes of the three verification keys: their digests are the verifiers' hashes. */
export const verificationKeyObjects = ({ train, encrypt, keySum }: StudyCircuits): Promise<readonly Uint8Array[]> =>
	Promise.all([train, encrypt, keySum].map(({ verificationKeyFile }) => readFile(verificationKeyFile)));
