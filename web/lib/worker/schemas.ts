/** Answers of the worker's API as worker/service/http/openapi.json describes them. Fields that this page does not know are left out. */
import { getAddress, isAddress } from "viem";
import { z } from "zod";
import { OFFERED_ACTIONS } from "../../../worker/protocol/offeredActions.ts";

/** Longer texts than these say nothing more to anybody. */
const text = z.string().max(2_000);
const count = z.int().min(0);
const address = z
	.string()
	.refine((value) => isAddress(value, { strict: false }))
	.transform((value) => getAddress(value));
const digest = z
	.string()
	.regex(/^0x[0-9a-f]{64}$/)
	.transform((value) => value as `0x${string}`);
const callData = z
	.string()
	.regex(/^0x(?:[0-9a-f]{2})*$/)
	.max(4_000_000)
	.transform((value) => value as `0x${string}`);

export const problemSchema = z.object({ code: z.string().regex(/^[A-Z_]{1,64}$/), message: text, nextStep: text });

export const roleSchema = z.enum(["hospital", "committee", "coordinator"]);
export type Role = z.infer<typeof roleSchema>;

export const statusSchema = z.object({
	role: roleSchema,
	version: z.string().max(64),
	chain: z.object({ id: count, block: count, time: count }),
	contracts: z.object({ hospitalRegistry: address, modelRegistry: address, roundManager: address }),
	study: z.object({ id: count, name: text, definitionDigest: digest }).nullable(),
	wallet: z.object({ kind: z.enum(["keystore", "external"]), address }),
	round: z
		.object({
			id: count,
			phase: z.enum(["Open", "Frozen", "Opened"]),
			deadline: count,
			checkingDeadline: count,
			updates: count,
			expectedUpdates: count,
		})
		.nullable(),
	next: z.object({
		state: z.enum(["sign", "working", "waiting"]),
		action: z.enum(OFFERED_ACTIONS).nullable(),
		text: text.nullable(),
	}),
	expects: z.object({ seconds: z.number().min(0), proofs: count }).nullable(),
	problem: problemSchema.nullable(),
});
export type WorkerStatus = z.infer<typeof statusSchema>;

export const datasetSchema = z.object({
	samples: count,
	leftOver: count,
	batches: count,
	batchSize: count,
	classes: z.record(z.string().max(256), count),
	root: z.string().regex(/^[0-9]{1,78}$/),
	report: z.object({
		verdict: z.enum(["fine", "problems", "unusable"]),
		findings: z
			.array(
				z.object({
					severity: z.enum(["unusable", "problem", "note"]),
					code: z.string().max(64),
					text,
					count: count.optional(),
				}),
			)
			.max(1_000),
	}),
});
export type WorkerDataset = z.infer<typeof datasetSchema>;

export const jobSchema = z.object({
	id: count,
	step: text,
	state: z.enum(["running", "done", "stopped"]),
	part: z.object({ number: count, of: count }).optional(),
	startedAt: z.iso.datetime(),
	seconds: z.number().min(0).optional(),
	gas: z
		.string()
		.regex(/^[0-9]{1,78}$/)
		.optional(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobsSchema = z.object({ jobs: z.array(jobSchema).max(1_000) });

export const offerSchema = z.object({
	action: z.enum(OFFERED_ACTIONS),
	to: address,
	data: callData,
	chainId: count,
	summary: text,
	from: address,
	preparedAt: z.iso.datetime(),
});
/** A transaction that waits for the user's wallet. */
export type Offer = z.infer<typeof offerSchema>;

export const offersSchema = z.object({ transactions: z.array(offerSchema).max(100) });

export const blockSchema = z.object({ digest, cid: z.string().regex(/^bafkrei[a-z2-7]{52}$/) });
