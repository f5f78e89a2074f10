/** A network, and sizes of batches, segments and tree, that can be proven for so many inputs, classes and rows. */
import { trainingConstraints } from "../../worker/core/estimate/trainingConstraints.ts";
import { MOST_SEGMENTS, type StudyFile, studySchema } from "../../worker/protocol/study.ts";

type Shape = StudyFile["input"];
type Layers = StudyFile["layers"];

const MOST_SIDE = 64;

/** A shape of exactly `count` inputs: a column of them where that fits, otherwise a block. Undefined when no sides up to 64 multiply to it. */
export const shapeOf = (count: number): Shape | undefined => {
	for (let height = Math.min(count, MOST_SIDE); height >= 1; height--) {
		if (count % height !== 0) continue;
		for (let width = 1; width <= MOST_SIDE && width <= count / height; width++) {
			const channels = count / height / width;
			if (Number.isInteger(channels) && channels <= MOST_SIDE) return { height, width, channels };
		}
	}
	return undefined;
};

const HIDDEN_UNITS = [8, 6, 4, 3, 2] as const;

/** A table's columns have no neighbours, so a convolution over them means nothing: one hidden layer, the wider the better, or none. */
const tableLayers = (outputs: number): readonly Layers[] => [
	...HIDDEN_UNITS.map(
		(units): Layers => [{ kind: "dense", units }, { kind: "relu" }, { kind: "dense", units: outputs }],
	),
	[{ kind: "dense", units: outputs }],
];

const imageLayers = (outputs: number): Layers => [
	{ kind: "conv2d", filters: 4, kernel: [3, 3], stride: [2, 2] },
	{ kind: "relu" },
	{ kind: "dense", units: outputs },
];

/** A proof of 2^16 constraints takes 6 to 8 s on one core; keys, memory and time grow in proportion. Images need the larger one. */
const WANTED_CONSTRAINTS = { table: 2 ** 16 - 512, image: 2 ** 18 - 512 } as const;

export type NetworkChoice = Pick<
	StudyFile,
	"input" | "layers" | "loss" | "learningRate" | "batchSize" | "stepsPerSegment" | "datasetDepth"
>;

export type ChooseOptions = {
	readonly kind: "table" | "image";
	readonly input: Shape;
	readonly classes: readonly string[];
	/** Of the hospital with the most. */
	readonly rows: number;
	readonly preprocessing: StudyFile["preprocessing"];
};

/** Standardized columns bear larger steps than pixels. */
const LEARNING_RATES = { table: 0.5, image: 0.2 } as const;
/** Another hospital may have more rows than these. */
const ROOM = 1.25;
/** The schema's default floor on a hospital's rows has to fit into the tree. */
export const LEAST_SAMPLES = 32;
const BATCH_SIZES = [4, 8, 16, 32] as const;
const STEPS = [8, 7, 6, 5, 4, 3, 2, 1] as const;

/** The schema's refusals are the caller's to show. */
export const chooseNetwork = ({ kind, input, classes, rows, preprocessing }: ChooseOptions): NetworkChoice => {
	const loss = classes.length === 2 ? "binary-cross-entropy" : "softmax-cross-entropy";
	const outputs = classes.length === 2 ? 1 : classes.length;
	const networks = kind === "table" ? tableLayers(outputs) : [imageLayers(outputs)];
	const layers =
		networks.find((one) => {
			const smallest = {
				input,
				layers: one,
				loss,
				learningRate: 0.5,
				batchSize: 8,
				stepsPerSegment: 1,
				datasetDepth: 5,
			} as const;
			return costOf(smallest, classes, preprocessing) <= WANTED_CONSTRAINTS[kind];
		}) ?? (networks.at(-1) as Layers);
	const sizes = kind === "table" ? BATCH_SIZES : BATCH_SIZES.slice(0, 2);
	const choices = sizes
		.filter((batchSize) => batchSize > 4 || rows < 64)
		.map((batchSize) => {
			const batches = Math.max(1, Math.floor((rows * ROOM) / batchSize));
			const depth = Math.min(11, Math.max(Math.log2(LEAST_SAMPLES / batchSize), 2, Math.ceil(Math.log2(batches))));
			const study = (stepsPerSegment: number, datasetDepth: number): NetworkChoice => ({
				...{ input, layers, loss, learningRate: LEARNING_RATES[kind], batchSize, stepsPerSegment, datasetDepth },
			});
			const steps = STEPS.find(
				(count) => costOf(study(count, depth), classes, preprocessing) <= WANTED_CONSTRAINTS[kind],
			);
			// The largest tree whose update still fits in one transaction.
			const datasetDepth = Math.min(depth, Math.floor(Math.log2(MOST_SEGMENTS * (steps ?? 1))));
			const choice = study(steps ?? 1, datasetDepth);
			return { choice, cheap: steps !== undefined, holds: batchSize * 2 ** datasetDepth };
		});
	const [smallest] = choices;
	if (smallest === undefined) throw new RangeError("there is always a batch size");
	// A larger batch makes room for more rows, as long as its proofs stay small.
	const cheap = choices.filter(({ cheap: isCheap }) => isCheap);
	const found = cheap.find(({ holds }) => holds >= rows) ?? cheap.at(-1) ?? smallest;
	return found.choice;
};

/** Constraints of one training proof; infinite for what the schema refuses. */
const costOf = (
	choice: NetworkChoice,
	classes: readonly string[],
	preprocessing: StudyFile["preprocessing"],
): number => {
	// The number of segments is the caller's to bound.
	const whole = {
		...choice,
		datasetDepth: 1,
		minSamples: 1,
		minBatches: 1,
		name: "draft",
		title: "draft",
		classes: [...classes],
		preprocessing,
	};
	const parsed = studySchema.safeParse(whole);
	return parsed.success
		? trainingConstraints({ ...parsed.data, datasetDepth: choice.datasetDepth }).total
		: Number.POSITIVE_INFINITY;
};
