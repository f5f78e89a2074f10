/** A study's package whose keys have a known trapdoor: valid in everything, without a circuit having been built. */
import {
	keySumVerifierName,
	keySumVerifierSource,
	updateVerifierName,
	updateVerifierSource,
} from "../../scripts/circuits/verifierSource.ts";
import { encodeVerificationKey } from "../../worker/core/codecs/verificationKey.ts";
import { makeStudyPackage } from "../../worker/core/makeStudyPackage.ts";
import type { StudyPackage } from "../../worker/core/studyPackage.ts";
import { studyInstanceName } from "../../worker/protocol/circuitNames.ts";
import { compileVerifiers, SIMULATED, verifierKeyOf } from "./contracts/simulatedVerifiers.ts";
import { loadStudy } from "./wdbc.ts";

let made: StudyPackage | undefined;

/** Of the embedded study. Its verifiers are compiled once a process, about 3 s. */
export const simulatedPackage = (): StudyPackage => {
	if (made !== undefined) return made;
	const study = loadStudy();
	const instance = studyInstanceName(study.name);
	const [update, keySum] = [updateVerifierName(instance), keySumVerifierName(instance)];
	const codes = compileVerifiers({
		[update]: updateVerifierSource(instance, {
			train: verifierKeyOf(SIMULATED.train),
			encrypt: verifierKeyOf(SIMULATED.encrypt),
		}),
		[keySum]: keySumVerifierSource(instance, verifierKeyOf(SIMULATED.keySum)),
	});
	made = makeStudyPackage({
		study,
		verificationKeys: {
			train: encodeVerificationKey(SIMULATED.train.verificationKey),
			encrypt: encodeVerificationKey(SIMULATED.encrypt.verificationKey),
			keySum: encodeVerificationKey(SIMULATED.keySum.verificationKey),
		},
		verifiers: {
			update: { contract: update, creationCode: codes[update] ?? "0x" },
			keySum: { contract: keySum, creationCode: codes[keySum] ?? "0x" },
		},
		developmentKeys: true,
	});
	return made;
};
