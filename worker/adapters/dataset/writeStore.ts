/** Writes a normalized store: complete or absent, for its owner alone. */
import { encodeStore } from "../../core/dataset/store.ts";
import type { Sample } from "../../protocol/merkle.ts";
import type { Study } from "../../protocol/study.ts";
import { systemErrorCode, writeFileAtomic } from "../atomicFile.ts";
import { refusal } from "./failure.ts";

/** @throws DecentraHealthError DATASET_UNREADABLE when the place can't be written */
export const writeStore = (path: string, study: Study, samples: readonly Sample[]): Promise<void> =>
	writeFileAtomic(path, encodeStore(study, samples)).catch((error: unknown): never => {
		throw refusal(
			"DATASET_UNREADABLE",
			`cannot write ${path}: ${systemErrorCode(error)}`,
			"Choose a file in a folder that this user may write to.",
		);
	});
