/** A study: the architecture, the hyperparameters and the committee that everyone in it shares. Schema of studies/*.json. */
import { z } from "zod";
import { fixedPoint } from "./profiles.ts";

/** All proofs of an update go in one transaction: ModelRegistry.sol. */
const MOST_SEGMENTS = 48;

const size = (most: number) => z.int().min(1).max(most);

/** How a data set's columns become u8 inputs: clamp(round(128 + 128 (x - mean) / (sigmas * deviation)), 0, 255). */
const preprocessingSchema = z.strictObject({
	/** The column that holds the label, 0 or 1. */
	labelColumn: z.string().min(1).max(64),
	sigmas: z.number().positive().max(16),
	/** One per input, in input order [height][width][channels]. The constants are public and come from training rows only. */
	columns: z
		.array(z.strictObject({ name: z.string().min(1).max(64), mean: z.number(), deviation: z.number().positive() }))
		.min(1),
});

export type Preprocessing = z.infer<typeof preprocessingSchema>;

export const studySchema = z
	.strictObject({
		name: z.string().regex(/^[a-z0-9-]{1,32}$/),
		title: z.string().min(1).max(200),
		input: z.strictObject({ height: size(64), width: size(64), channels: size(16) }),
		convolution: z.strictObject({
			kernelHeight: size(7),
			kernelWidth: size(7),
			strideHeight: size(4),
			strideWidth: size(4),
			filters: size(32),
		}),
		loss: z.literal("binary-cross-entropy"),
		optimizer: z.literal("sgd"),
		learningRate: z
			.number()
			.min(2 ** -fixedPoint.learningRateScaleBits)
			.lt(2 ** (fixedPoint.learningRateBits - fixedPoint.learningRateScaleBits)),
		/** A power of two, so that the batch mean is a shift. */
		batchSize: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16), z.literal(32)]),
		epochs: size(64),
		stepsPerSegment: size(64),
		/** Height of the data set's Merkle tree: at most 2^depth batches. */
		datasetDepth: size(11),
		profile: z.literal("standard"),
		committee: z.strictObject({ members: z.int().min(2).max(7), threshold: z.int().min(2).max(7) }),
		/** How many updates one proof of a key sum covers (circuit KeySum); a larger set takes several proofs. */
		keySumSlots: size(16),
		minUpdates: z.int().min(1).max(64),
		/** Absent: the inputs already are bytes (images). */
		preprocessing: preprocessingSchema.optional(),
	})
	.refine(({ committee }) => committee.threshold * 2 > committee.members && committee.threshold <= committee.members, {
		message: "the threshold t must satisfy n/2 < t <= n",
		path: ["committee", "threshold"],
	})
	.refine(
		({ epochs, datasetDepth, stepsPerSegment }) =>
			Math.ceil((epochs * 2 ** datasetDepth) / stepsPerSegment) <= MOST_SEGMENTS,
		{
			message: `a full data set must have at most ${MOST_SEGMENTS} segments, epochs 2^datasetDepth / stepsPerSegment`,
			path: ["stepsPerSegment"],
		},
	)
	.refine(
		({ input, preprocessing }) =>
			preprocessing === undefined ||
			(preprocessing.columns.length === input.height * input.width * input.channels &&
				new Set([...preprocessing.columns.map(({ name }) => name), preprocessing.labelColumn]).size ===
					preprocessing.columns.length + 1),
		{ message: "one column per input, each named once, none the label", path: ["preprocessing", "columns"] },
	);

export type Study = z.infer<typeof studySchema>;

/** Sizes that follow from a study's architecture ("valid" convolution, one dense unit). */
export const architectureOf = ({ input, convolution }: Pick<Study, "input" | "convolution">) => {
	const outHeight = Math.floor((input.height - convolution.kernelHeight) / convolution.strideHeight) + 1;
	const outWidth = Math.floor((input.width - convolution.kernelWidth) / convolution.strideWidth) + 1;
	const taps = convolution.kernelHeight * convolution.kernelWidth * input.channels;
	const positions = outHeight * outWidth;
	const activations = positions * convolution.filters;
	return {
		outHeight,
		outWidth,
		positions,
		/** Inputs that one convolution output sees: kernel height x width x channels. */
		taps,
		activations,
		inputCount: input.height * input.width * input.channels,
		kernelCount: taps * convolution.filters,
		/** All trainable weights: kernel, convolution bias, dense kernel, dense bias. */
		weightCount: taps * convolution.filters + convolution.filters + activations + 1,
	} as const;
};

/** The learning rate as the circuits' integer, scale 2^10. */
export const learningRateInteger = (learningRate: number): number =>
	Math.round(learningRate * 2 ** fixedPoint.learningRateScaleBits);
