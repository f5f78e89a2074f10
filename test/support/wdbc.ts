/** The embedded study and data set as tests use them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCsvRows, requirePreprocessing } from "../../worker/adapters/datasetCsv.ts";
import type { Row } from "../../worker/core/dataset/preprocess.ts";
import { type Preprocessing, type Study, studySchema } from "../../worker/protocol/study.ts";

export const WDBC_PATH = fileURLToPath(new URL("../../data/wdbc.csv", import.meta.url));

export const loadStudy = (): Study & { preprocessing: Preprocessing } => {
	const study = studySchema.parse(
		JSON.parse(readFileSync(new URL("../../studies/wdbc.json", import.meta.url), "utf8")),
	);
	return { ...study, preprocessing: requirePreprocessing(study) };
};

export const loadWdbc = (): Promise<readonly Row[]> =>
	readCsvRows({ path: WDBC_PATH, preprocessing: loadStudy().preprocessing });
