/** What the page and the audit's worker say to each other; both check what they hear. */
import { z } from "zod";
import { auditReportSchema, checkSchema } from "../../../worker/core/audit/report.ts";
import { auditRequestSchema } from "./request.ts";

/** The page says it once; to stop an audit it ends the worker. */
export const startSchema = z.strictObject({ type: z.literal("start"), request: auditRequestSchema });

const problemSchema = z.strictObject({
	/** ErrorCode, or "FAULT" for an error of the program. */
	code: z.string(),
	message: z.string(),
	nextStep: z.string(),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;

const { chainId, deployment, blockNumber } = auditReportSchema.shape;

/** Where the audit reads, and up to where. */
const headSchema = z.strictObject({
	chainId,
	deployment,
	blockNumber,
	/** Unix seconds of that block. */
	blockTime: z.int().min(0),
	/** Events of the deployment. */
	events: z.int().min(0),
	/** How many checks an audit without failures makes. */
	expected: z.int().min(0),
});
export type AuditHead = Readonly<z.infer<typeof headSchema>>;

const timedCheckSchema = auditReportSchema.shape.checks.element;
export type TimedCheck = Readonly<z.infer<typeof timedCheckSchema>>;

export const auditMessageSchema = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("head"), head: headSchema }),
	z.strictObject({ type: z.literal("check"), check: checkSchema, seconds: z.number() }),
	z.strictObject({ type: z.literal("report"), report: auditReportSchema }),
	z.strictObject({ type: z.literal("interrupted"), problem: problemSchema }),
]);
export type AuditMessage = Readonly<z.infer<typeof auditMessageSchema>>;
