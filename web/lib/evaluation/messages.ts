/** What the page and the evaluation's worker say to each other; both check what they hear. */
import { z } from "zod";
import type { ModelMetrics } from "./evaluateModel.ts";

const digest = z
	.string()
	.regex(/^0x[0-9a-f]{64}$/)
	.transform((text) => text as `0x${string}`);

export const evaluationRequestSchema = z.strictObject({
	/** Of the request; its answer has the same. */
	id: z.int().min(0),
	gateways: z.array(z.url({ protocol: /^https?$/ })).min(1),
	/** Digests of the blocks: the study's definition, the held-out rows' store, the model. */
	definition: digest,
	heldOut: digest,
	model: digest,
});
export type EvaluationRequest = Readonly<z.infer<typeof evaluationRequestSchema>>;

const estimateSchema = z.strictObject({
	value: z.number().nullable(),
	interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
	reason: z.string().nullable(),
});

const count = z.int().min(0);

export const metricsSchema = z.strictObject({
	sampleCount: count,
	classCounts: z.array(count).readonly(),
	auc: estimateSchema,
	aucByClass: z.array(estimateSchema).readonly(),
	accuracy: estimateSchema,
	balancedAccuracy: estimateSchema,
	sensitivity: z.array(estimateSchema).readonly(),
	brier: estimateSchema,
	ece: z.number(),
	confusion: z.array(z.array(count).readonly()).readonly(),
}) satisfies z.ZodType<ModelMetrics>;

export const evaluationAnswerSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("metrics"), id: z.int(), metrics: metricsSchema }),
	z.strictObject({
		type: z.literal("failed"),
		id: z.int(),
		problem: z.strictObject({ code: z.string(), message: z.string(), nextStep: z.string() }),
	}),
]);
export type EvaluationAnswer = Readonly<z.infer<typeof evaluationAnswerSchema>>;
