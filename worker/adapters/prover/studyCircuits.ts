/** The prepared circuits of one study. */
import { circuitName } from "../../protocol/circuitNames.ts";
import { type CircuitFiles, loadCircuit } from "./manifest.ts";

export type StudyCircuits = {
	readonly train: CircuitFiles;
	readonly encrypt: CircuitFiles;
	readonly keySum: CircuitFiles;
};

/**
 * @param folder where `npm run circuits` put the manifest
 * @param study its name, such as "wdbc"
 * @throws DecentraHealthError PROVING_KEY_MISSING, PROVING_KEY_MISMATCH, VERIFICATION_KEY_MALFORMED
 */
export const loadStudyCircuits = async (folder: string, study: string): Promise<StudyCircuits> => {
	const [train, encrypt, keySum] = await Promise.all([
		loadCircuit(folder, circuitName("TrainSegment", study)),
		loadCircuit(folder, circuitName("EncryptUpdate", study)),
		loadCircuit(folder, circuitName("KeySum", study)),
	]);
	return { train, encrypt, keySum };
};
