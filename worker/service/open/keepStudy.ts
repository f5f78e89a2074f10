/** What every step needs of IPFS beside the round's own objects: kept here, so that a coordinator that is gone takes nothing with it. */
import type { Stores } from "../../adapters/ipfs/openStores.ts";
import { currentModel, type Ledger, type StudyRecord } from "../../core/ledger/state.ts";
import { CANNOT_BE_HAD } from "../../protocol/blockErrors.ts";
import { isDecentraHealthError } from "../../protocol/errors.ts";

/**
 * Puts the study's definition, its verification keys and its current model into the worker's own store, which serves them to the others.
 * @throws DecentraHealthError ABORTED
 */
export const keepStudy = async (
	{ own, store }: Pick<Stores, "own" | "store">,
	ledger: Ledger,
	{ studyId, parameters, trainVkHash, encryptVkHash, keySumVkHash }: StudyRecord,
	signal?: AbortSignal,
): Promise<void> => {
	const model = currentModel(ledger, studyId);
	const digests = [parameters.definitionDigest, trainVkHash, encryptVkHash, keySumVkHash];
	for (const digest of model === undefined ? digests : [...digests, model.digest]) {
		try {
			if (!(await own.has(digest, { signal }))) await own.put(await store.get(digest, { signal }), { signal });
		} catch (error) {
			// The step that needs the block says so, and tries again.
			if (!isDecentraHealthError(error) || !CANNOT_BE_HAD.includes(error.code)) throw error;
		}
	}
};
