/** The embedded study and data set as tests use them: most train on fewer rows than the study wants of a hospital. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCsvRows } from "../../worker/adapters/dataset/csv.ts";
import type { Row } from "../../worker/core/dataset/preprocess.ts";
import { type Study, studySchema, type TablePreprocessing } from "../../worker/protocol/study.ts";

export const WDBC_PATH = fileURLToPath(new URL("../../data/wdbc.csv", import.meta.url));

export const loadStudy = (): Study & { preprocessing: TablePreprocessing } => {
	const study = studySchema.parse(
		JSON.parse(readFileSync(new URL("../../studies/wdbc.json", import.meta.url), "utf8")),
	);
	if (study.preprocessing.kind !== "table") throw new RangeError("the study of tests is one of tables");
	return { ...study, preprocessing: study.preprocessing, minSamples: 1, minBatches: 1 };
};

export const loadWdbc = (): Promise<readonly Row[]> => readCsvRows({ path: WDBC_PATH, ...loadStudy() });
