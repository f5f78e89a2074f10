/** Small studies of tables and images. */
import { type Study, type StudyFile, studySchema } from "../../../worker/protocol/study.ts";

type Changes = Partial<StudyFile>;

const COMMON = {
	classes: ["well", "ill"],
	layers: [{ kind: "dense", units: 1 }],
	loss: "binary-cross-entropy",
	learningRate: 0.5,
	batchSize: 4,
	stepsPerSegment: 2,
	datasetDepth: 4,
	minSamples: 1,
	minBatches: 1,
} satisfies Changes;

export const imageStudy = (changes: Changes = {}): Study =>
	studySchema.parse({
		name: "images",
		title: "Images of a test",
		input: { height: 4, width: 4, channels: 1 },
		preprocessing: { kind: "image", crop: "none" },
		...COMMON,
		...changes,
	} satisfies StudyFile);

export const tableStudy = (changes: Changes = {}): Study =>
	studySchema.parse({
		name: "table",
		title: "A table of a test",
		input: { height: 2, width: 1, channels: 1 },
		preprocessing: {
			kind: "table",
			labelColumn: "state",
			sigmas: 2,
			columns: [
				{ name: "a", mean: 0, deviation: 1 },
				{ name: "b", mean: 10, deviation: 2 },
			],
		},
		...COMMON,
		...changes,
	} satisfies StudyFile);
