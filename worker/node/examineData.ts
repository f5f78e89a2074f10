/** `data doctor`: reads all of a data path and says what is wrong with it, without changing anything or showing a patient's value. */
import { createHash } from "node:crypto";
import { openRawDataset, type RawDataset } from "../adapters/dataset/openRawDataset.ts";
import { type Examined, startExamination } from "../core/dataset/examine.ts";
import type { Finding } from "../core/dataset/finding.ts";
import { countClasses } from "../core/dataset/labels.ts";
import { partFindings } from "../core/dataset/partFindings.ts";
import { sharedFindings } from "../core/dataset/repeatFindings.ts";
import { type ErrorCode, isDecentraHealthError } from "../protocol/errors.ts";
import type { Study } from "../protocol/study.ts";

export type PartReport = {
	readonly name: string;
	readonly kind: RawDataset["kind"];
	readonly rows: number;
	/** Rows that a worker takes. */
	readonly good: number;
	readonly classes: Readonly<Record<string, number>>;
	/** Whole batches of the good rows. */
	readonly batches: number;
	/** Decoded images by size, "height x width"; empty for tables and stores. */
	readonly imageSizes: Readonly<Record<string, number>>;
};

export type DataReport = {
	readonly study: string;
	/** Of one row's inputs. */
	readonly input: Study["input"];
	/** The part that a worker trains on comes first. */
	readonly parts: readonly PartReport[];
	readonly findings: readonly Finding[];
	/** 0: nothing found but notes. 1: problems. 2: a worker refuses the data as they are. */
	readonly exitCode: 0 | 1 | 2;
};

export type ExamineRequest = {
	readonly path: string;
	readonly study: Study;
	/** Of an archive: the split to train on; by default train. */
	readonly split?: string | undefined;
	/** Held-out rows in another file. */
	readonly test?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

type Part = {
	readonly name: string;
	readonly dataset: RawDataset;
	readonly examined: Examined;
	readonly failure?: Finding;
};

const failureOf = (part: string, code: ErrorCode, message: string, fix: string): Finding => ({
	...{ severity: "unusable", kind: code, part, message, rows: [], count: 1, fix },
});

const examine = async (name: string, dataset: RawDataset, study: Study): Promise<Part> => {
	const examination = startExamination(study, digest);
	try {
		for await (const entry of dataset.entries()) examination.add(entry);
	} catch (error) {
		// What was read up to there is still worth knowing.
		if (!isDecentraHealthError(error) || error.code === "ABORTED") throw error;
		const failure = failureOf(name, error.code, error.message, error.nextStep);
		return { name, dataset, examined: examination.finish(), failure };
	}
	return { name, dataset, examined: examination.finish() };
};

const reportOf = ({ name, dataset, examined }: Part, { classes, batchSize }: Study): PartReport => ({
	name,
	kind: dataset.kind,
	rows: examined.rows,
	good: examined.fingerprints.length,
	classes: countClasses(examined.fingerprints, classes),
	batches: Math.floor(examined.fingerprints.length / batchSize),
	imageSizes: Object.fromEntries(examined.sizes),
});

/** @throws DecentraHealthError DATASET_UNREADABLE, DATASET_UNSUPPORTED, DATASET_SHAPE when the path itself can't be opened; ABORTED */
export const examineData = async ({ path, study, split, test, signal }: ExamineRequest): Promise<DataReport> => {
	const first = await openRawDataset(path, study, { split, signal });
	const trained = first.split ?? "train";
	const parts: Part[] = [await examine(trained, first, study)];
	for (const other of first.splits) {
		if (other === first.split || (other === "test" && test !== undefined)) continue;
		parts.push(await examine(other, await openRawDataset(path, study, { split: other, signal }), study));
	}
	if (test !== undefined) {
		const { splits } = await openRawDataset(test, study, { signal }).catch(async (error: unknown) => {
			// An archive may hold nothing but a test split.
			if (isDecentraHealthError(error) && error.code === "DATASET_SHAPE")
				return openRawDataset(test, study, { split: "test", signal });
			throw error;
		});
		const held = splits.includes("test") ? "test" : undefined;
		parts.push(await examine("test", await openRawDataset(test, study, { split: held, signal }), study));
	}
	const findings = [
		...parts.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
		...parts.flatMap(({ name, examined, failure }, index) =>
			// The failure says why there are no rows.
			failure !== undefined && examined.rows === 0 ? [] : partFindings(name, examined, study, index === 0),
		),
		...sharedFindings(parts),
	];
	const has = (severity: Finding["severity"]): boolean => findings.some((found) => found.severity === severity);
	return {
		study: study.name,
		input: study.input,
		parts: parts.map((part) => reportOf(part, study)),
		findings,
		exitCode: has("unusable") ? 2 : has("problem") ? 1 : 0,
	};
};
