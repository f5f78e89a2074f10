/** The prepared circuits of one study. */
import { join } from "node:path";
import { type CircuitKind, circuitName } from "../../protocol/circuitNames.ts";
import { circuitParameters, parameterText } from "../../protocol/circuitParameters.ts";
import { DecentraHealthError } from "../../protocol/errors.ts";
import type { Study } from "../../protocol/study.ts";
import { type CircuitFiles, MANIFEST_NAME, type Manifest, openEntry, readManifest } from "./manifest.ts";

export type StudyCircuits = {
	readonly train: CircuitFiles;
	readonly encrypt: CircuitFiles;
	readonly keySum: CircuitFiles;
};

/** The definition decides, not the name: two files of one name may describe different circuits. */
const openCircuit = (folder: string, manifest: Manifest, kind: CircuitKind, study: Study): Promise<CircuitFiles> => {
	const name = circuitName(kind, study.name);
	const entry = manifest.circuits[name];
	const prepare = `run \`npm run circuits -- --study FILE\` with the study's file, such as studies/${study.name}.json`;
	if (entry === undefined || entry.study !== study.name) {
		throw new DecentraHealthError("PROVING_KEY_MISSING", {
			message: `${join(folder, MANIFEST_NAME)} lists no circuit ${name} of a study "${study.name}"`,
			nextStep: prepare,
		});
	}
	const parameters = circuitParameters(study);
	for (const [parameter, prepared] of Object.entries(entry.parameters)) {
		const value = parameters[parameter];
		const wanted = value === undefined ? "none" : parameterText(value);
		if (wanted === prepared) continue;
		throw new DecentraHealthError("PROVING_KEY_MISMATCH", {
			message: `${name} was prepared for another study of the name "${study.name}": its parameter ${parameter} is ${prepared}, this study's is ${wanted}`,
			nextStep: `give one of the two studies another name, or ${prepare}`,
		});
	}
	return openEntry(folder, name, entry);
};

/**
 * @param folder where `npm run circuits` put the manifest
 * @throws DecentraHealthError PROVING_KEY_MISSING; PROVING_KEY_MISMATCH, also when another study was prepared under this one's name;
 *   VERIFICATION_KEY_MALFORMED
 */
export const loadStudyCircuits = async (folder: string, study: Study): Promise<StudyCircuits> => {
	const manifest = await readManifest(folder);
	const [train, encrypt, keySum] = await Promise.all([
		openCircuit(folder, manifest, "TrainSegment", study),
		openCircuit(folder, manifest, "EncryptUpdate", study),
		openCircuit(folder, manifest, "KeySum", study),
	]);
	return { train, encrypt, keySum };
};
