/** The blocks that a study begins with: its definition, its verification keys, its initial model. */
import { decodeGlobalModel, statedWeightCount } from "../core/codecs/model.ts";
import { decodeStudy } from "../core/codecs/study.ts";
import { decodeVerificationKey } from "../core/codecs/verificationKey.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";

const READERS: readonly ((bytes: Uint8Array) => unknown)[] = [
	decodeStudy,
	decodeVerificationKey,
	(bytes) => decodeGlobalModel(bytes, statedWeightCount(bytes)),
];

/** Whether the bytes are one of them, whole and well-formed. */
export const isStudyBlock = (bytes: Uint8Array): boolean =>
	READERS.some((read) => {
		try {
			read(bytes);
			return true;
		} catch (error) {
			if (!isDecentraHealthError(error)) throw error;
			return false;
		}
	});
