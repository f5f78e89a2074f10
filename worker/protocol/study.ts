/** A study: data, network, hyperparameters and committee that everyone in it shares. Schema of studies/*.json; docs/STUDIES.md explains every field. */
import { z } from "zod";
import { addressSchema } from "./address.ts";
import { NetworkError, networkOf, planNetwork } from "./network.ts";
import { columnName, plainText, preprocessingSchema } from "./preprocessing.ts";
import { fixedPoint, standardProfile } from "./profiles.ts";

export type { ImagePreprocessing, Preprocessing, TablePreprocessing } from "./preprocessing.ts";

/** All proofs of an update go in one transaction: ModelRegistry.sol. */
export const MOST_SEGMENTS = 48;
export const MOST_CLASSES = 10;

const size = (most: number) => z.int().min(1).max(most);
const pair = (most: number) => z.tuple([size(most), size(most)]);

const powerOfTwoWindow = pair(16).refine(
	([height, width]) => Number.isInteger(Math.log2(height * width)) && height * width > 1,
	{
		message: "the window's area must be a power of two, such as [2, 2], so that an average is a shift",
	},
);

const layerSchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("conv2d"),
		filters: size(32),
		kernel: pair(7),
		stride: pair(4).default([1, 1]),
	}),
	z.strictObject({ kind: z.literal("relu") }),
	z.strictObject({ kind: z.literal("averagePooling"), window: powerOfTwoWindow }),
	z.strictObject({ kind: z.literal("dense"), units: size(256) }),
]);

/** In [2^-8, 1 - 2^-8]: the circuits' integer has scale 2^8. */
const momentum = z
	.number()
	.min(2 ** -8)
	.max(1 - 2 ** -8);

const optimizerSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("sgd") }),
	/** v' = momentum v + learningRate gradient, w' = w - v'; v is 0 at the start of each round. */
	z.strictObject({ kind: z.literal("momentum"), momentum }),
]);

/** Of the server's step, in integers of scale 2^16: a smaller one would be 0. */
const serverLearningRate = z
	.number()
	.min(2 ** -16)
	.max(4);

/** What becomes of the weighted mean of the updates: worker/core/serverOptimizer. */
const serverOptimizerSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("fedavg") }),
	z.strictObject({ kind: z.literal("fedavgm"), learningRate: serverLearningRate.default(1), momentum }),
	z.strictObject({
		kind: z.literal("fedadam"),
		learningRate: serverLearningRate,
		beta1: momentum.default(0.9),
		beta2: z
			.number()
			.min(0.5)
			.max(1 - 2 ** -16)
			.default(0.99),
		/** Added to the root of the second moment. */
		epsilon: z
			.number()
			.min(2 ** -16)
			.max(1)
			.default(0.001),
	}),
]);

export type ServerOptimizer = z.infer<typeof serverOptimizerSchema>;

export const studySchema = z
	.strictObject({
		name: z
			.string()
			.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
			.max(32),
		title: plainText(200),
		input: z.strictObject({ height: size(64), width: size(64), channels: size(64) }),
		preprocessing: preprocessingSchema,
		/** Names of the classes in the order of their labels 0, 1, ...; of the two of a binary study, the second is the positive one. */
		classes: z.array(columnName).min(2).max(MOST_CLASSES).default(["0", "1"]),
		layers: z.array(layerSchema).min(1).max(12),
		loss: z.enum(["binary-cross-entropy", "softmax-cross-entropy"]),
		optimizer: optimizerSchema.default({ kind: "sgd" }),
		learningRate: z
			.number()
			.min(2 ** -fixedPoint.learningRateScaleBits)
			.lt(2 ** (fixedPoint.learningRateBits - fixedPoint.learningRateScaleBits)),
		/** A power of two, so that the batch mean is a shift. */
		batchSize: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16), z.literal(32)]),
		epochs: size(64).default(1),
		stepsPerSegment: size(64),
		/** Height of the data set's Merkle tree: at most 2^depth batches. */
		datasetDepth: size(11),
		/** Greatest Euclidean norm of a round's update, proven with its encryption; without it any update passes. */
		updateNormBound: z
			.number()
			.min(2 ** -8)
			.max(512)
			.optional(),
		serverOptimizer: serverOptimizerSchema.default({ kind: "fedavg" }),
		profile: z.literal("standard").default("standard"),
		committee: z
			.strictObject({ members: z.int().min(2).max(7), threshold: z.int().min(2).max(7) })
			.default({ members: 3, threshold: 2 }),
		/** How many updates one proof of a key sum covers (circuit KeySum); a larger set takes several proofs. */
		keySumSlots: size(16).default(4),
		minUpdates: z.int().min(1).max(64).default(3),
		/** Chooses the initial weights, together with the study's deployment: worker/core/training/initialWeights.ts. */
		initialWeightsSeed: z
			.string()
			.regex(/^[\w.-]{1,64}$/, "1 to 64 letters, digits, dots, hyphens and underscores")
			.default("DecentraHealth"),
		/** Of each hospital's data set: the change that few rows make to a model tells much of each of them. */
		minSamples: z.int().min(1).max(65_536).default(32),
		minBatches: z.int().min(1).max(2_048).default(4),
		/** Wallets of the only hospitals whose updates members confirm and open; without it, of all that the coordinator admits. */
		participants: z.array(addressSchema).min(1).max(256).optional(),
	})
	.superRefine((study, context) => {
		const refuse = (path: readonly (string | number)[], message: string) =>
			context.addIssue({ code: "custom", path: [...path], message });
		const { input, layers, loss, classes, preprocessing, committee } = study;
		const inputCount = input.height * input.width * input.channels;
		try {
			const { outputs, weightCount } = planNetwork(input, layers);
			const wanted = loss === "binary-cross-entropy" ? 1 : classes.length;
			if (outputs !== wanted) {
				refuse(
					["layers", layers.length - 1, "units"],
					`${outputs} instead of ${wanted}: ${loss} of ${classes.length} classes`,
				);
			}
			if (weightCount > standardProfile.ringDegree) {
				refuse(["layers"], `${weightCount} weights; one ciphertext holds ${standardProfile.ringDegree}`);
			}
		} catch (error) {
			if (!(error instanceof NetworkError)) throw error;
			refuse(error.layer === undefined ? ["layers"] : ["layers", error.layer], error.message);
		}
		if (loss === "binary-cross-entropy" && classes.length !== 2) {
			refuse(
				["classes"],
				`${classes.length} classes; binary-cross-entropy has 2, softmax-cross-entropy up to ${MOST_CLASSES}`,
			);
		}
		if (new Set(classes).size < classes.length) refuse(["classes"], "each class needs a name of its own");
		if (preprocessing.kind === "table") {
			const names = [...preprocessing.columns.map(({ name }) => name), preprocessing.labelColumn];
			if (preprocessing.columns.length !== inputCount) {
				refuse(
					["preprocessing", "columns"],
					`${preprocessing.columns.length} columns for ${inputCount} inputs (height x width x channels)`,
				);
			}
			if (new Set(names).size < names.length)
				refuse(["preprocessing", "columns"], "each column named once, none the label");
		} else if (input.channels !== 1 && input.channels !== 3) {
			refuse(["input", "channels"], `${input.channels} instead of 1 (grey) or 3 (red, green, blue)`);
		}
		const { participants, minUpdates } = study;
		if (participants !== undefined) {
			if (new Set(participants).size < participants.length) refuse(["participants"], "a hospital is named twice");
			if (participants.length < minUpdates) {
				refuse(["participants"], `${participants.length} hospitals; a round needs ${minUpdates} (minUpdates)`);
			}
		}
		const { members, threshold } = committee;
		if (threshold * 2 <= members || threshold > members) {
			refuse(["committee", "threshold"], "the threshold t must satisfy n/2 < t <= n");
		}
		const mostBatches = 2 ** study.datasetDepth;
		if (study.minBatches > mostBatches) {
			refuse(["minBatches"], `${study.minBatches} batches; a data set holds 2^datasetDepth = ${mostBatches}`);
		}
		if (study.minSamples > mostBatches * study.batchSize) {
			refuse(
				["minSamples"],
				`${study.minSamples} samples; a data set holds batchSize 2^datasetDepth = ${mostBatches * study.batchSize}`,
			);
		}
		const segments = Math.ceil((study.epochs * 2 ** study.datasetDepth) / study.stepsPerSegment);
		if (segments > MOST_SEGMENTS) {
			refuse(
				["stepsPerSegment"],
				`a full data set has ${segments} segments, epochs 2^datasetDepth / stepsPerSegment; one transaction holds ${MOST_SEGMENTS}`,
			);
		}
	});

export type Study = z.infer<typeof studySchema>;
/** As people write it: fields with defaults may be missing. */
export type StudyFile = z.input<typeof studySchema>;

/** Sizes that follow from a study's network. */
export const architectureOf = (study: Pick<Study, "input" | "layers">) => {
	const { inputCount, weightCount, outputs } = networkOf(study);
	return { inputCount, weightCount, outputs } as const;
};

/** The learning rate as the circuits' integer, scale 2^10. */
export const learningRateInteger = (learningRate: number): number =>
	Math.round(learningRate * 2 ** fixedPoint.learningRateScaleBits);

/** The momentum as the circuits' integer in [1, 2^8), scale 2^8; 0 for plain SGD. */
export const momentumInteger = (optimizer: Study["optimizer"]): number =>
	optimizer.kind === "momentum" ? Math.round(optimizer.momentum * 2 ** fixedPoint.momentumScaleBits) : 0;

/** The squared bound of an update's norm as the circuits' integer, scale 2^32; 0 for none. */
export const normBoundInteger = ({ updateNormBound }: Pick<Study, "updateNormBound">): bigint =>
	updateNormBound === undefined ? 0n : BigInt(Math.floor(updateNormBound ** 2 * 2 ** (2 * fixedPoint.weightScaleBits)));

/** Fewest batches of a hospital's data set, by both of the study's floors; the same as HospitalRegistry.commitDataset. */
export const leastBatches = ({
	minSamples,
	minBatches,
	batchSize,
}: Pick<Study, "minSamples" | "minBatches" | "batchSize">): number =>
	Math.max(minBatches, Math.ceil(minSamples / batchSize));

/** Fewest samples of a hospital: whole batches alone are committed. */
export const leastSamples = (study: Pick<Study, "minSamples" | "minBatches" | "batchSize">): number =>
	leastBatches(study) * study.batchSize;
