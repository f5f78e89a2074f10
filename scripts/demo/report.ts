/** The demo's report: schema of --json, documented in the README. */
import { z } from "zod";

const estimate = z.object({
	value: z.number().nullable(),
	interval: z.object({ low: z.number(), high: z.number() }).nullable(),
	reason: z.string().nullable(),
});

const metrics = z.object({
	sampleCount: z.int(),
	/** By class, as all arrays here. */
	classCounts: z.array(z.int()).readonly(),
	auc: estimate,
	aucByClass: z.array(estimate).readonly(),
	accuracy: estimate,
	balancedAccuracy: estimate,
	/** Of two classes: specificity, sensitivity. */
	sensitivity: z.array(estimate).readonly(),
	brier: estimate,
	ece: z.number(),
	/** confusion[true class][predicted class] */
	confusion: z.array(z.array(z.int()).readonly()).readonly(),
});

/** A model on the held-out rows: all of them, each hospital's part, and the part with the lowest AUC. */
const evaluation = z.object({ pooled: metrics, perHospital: z.array(metrics).readonly(), worst: z.int().nullable() });

export const demoReportSchema = z.object({
	version: z.literal(3),
	study: z.string(),
	classes: z.array(z.string()).readonly(),
	/** What the split into hospitals and held-out rows is. */
	data: z.object({ description: z.string(), heldOut: z.int() }),
	seed: z.string(),
	startedAt: z.iso.datetime(),
	/** Wall seconds from the start of the command, set-up included. */
	seconds: z.number(),
	machine: z.object({ cpu: z.string(), cores: z.int(), node: z.string() }),
	hospitals: z.array(z.object({ name: z.string(), samples: z.int(), batches: z.int() })),
	committee: z.object({ members: z.int(), threshold: z.int() }),
	contracts: z.object({ roundManager: z.string(), hospitalRegistry: z.string(), modelRegistry: z.string() }),
	rounds: z.array(
		z.object({
			roundId: z.int(),
			phase: z.string(),
			seconds: z.number(),
			/** Gas by kind of transaction, all participants together. */
			gas: z.record(z.string(), z.int()),
			gasTotal: z.int(),
			/** Seconds by kind of step, all participants together. */
			stepSeconds: z.record(z.string(), z.number()),
			/** Bytes put on IPFS. */
			bytes: z.object({ bundles: z.int(), model: z.int() }),
			proofs: z.object({ training: z.int(), encryption: z.int(), keySum: z.int() }),
			/** How many members hold a bundle, summed over the frozen set. */
			confirmations: z.int(),
			keySums: z.int(),
			attestations: z.int(),
			/** Who was absent on purpose. */
			absences: z.array(z.string()),
			/** The committed model equals, bit for bit, the weighted mean of plaintext runs of the reference trainer. */
			equalsPlaintext: z.boolean(),
			evaluation,
		}),
	),
	baselines: z.object({
		/** Float training in TensorFlow.js on one hospital's rows alone, as many steps as in all rounds. */
		local: z.array(evaluation).readonly(),
		/** The same on all hospitals' rows in one place. */
		central: evaluation,
		/** Float federated averaging after each round: the rounds' hospitals, order of batches and number of steps. */
		federated: z.array(evaluation).readonly(),
		backend: z.string(),
	}),
	audit: z.object({ passed: z.boolean(), checks: z.int(), failed: z.int(), warnings: z.int(), seconds: z.number() }),
	/** Peak resident memory of this process, MiB. */
	peakMemory: z.int(),
	/** Every round Finalized, every model equal to the plaintext run, audit clean. */
	passed: z.boolean(),
});

export type DemoReport = z.infer<typeof demoReportSchema>;
export type Evaluation = z.infer<typeof evaluation>;
