/** What the circuits of a study are called: instances, verifiers and manifest entries share these names. */

/** Templates of circuits/circuits.json of which every study has an instance. */
export const CIRCUIT_KINDS = ["TrainSegment", "EncryptUpdate", "KeySum"] as const;
export type CircuitKind = (typeof CIRCUIT_KINDS)[number];

/** "wdbc" -> "Wdbc", "chest-x-ray" -> "ChestXRay". */
export const studyInstanceName = (study: string): string =>
	study
		.split("-")
		.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
		.join("");

/** @param study its name, such as "wdbc" @returns such as "KeySumWdbc" */
export const circuitName = (kind: CircuitKind, study: string): string => `${kind}${studyInstanceName(study)}`;
