/** Runs an audit to its end and makes the report of it. Pure but for the ports and a clock. */
import { DecentraHealthError } from "../../protocol/errors.ts";
import { audit } from "./audit.ts";
import type { AuditPorts } from "./ports.ts";
import { type AuditReport, auditReportSchema, type Check, summarize } from "./report.ts";

export type CollectOptions = {
	/** Block up to which the ports' events are all events. */
	readonly blockNumber: bigint;
	/** Only this study. */
	readonly studyId?: bigint | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Told about every check as soon as it is made, with its wall seconds. */
	readonly onCheck?: ((check: Check, seconds: number) => void) | undefined;
	/** Milliseconds of a clock that never goes back. */
	readonly now: () => number;
	/** By that clock, when the audit began; reading the chain counts. */
	readonly startedAt: number;
};

const aborted = (): DecentraHealthError =>
	new DecentraHealthError("ABORTED", {
		message: "the audit was stopped before it was through",
		nextStep: "Run it again; it changes nothing and leaves nothing behind.",
	});

const rounded = (seconds: number): number => Number(seconds.toFixed(3));

/** @throws DecentraHealthError STUDY_MISSING, ABORTED, and what the ports throw: then nothing was found out */
export const collectAudit = async (ports: AuditPorts, options: CollectOptions): Promise<AuditReport> => {
	const { blockNumber, studyId, signal, onCheck, now, startedAt } = options;
	const checks: Check[] = [];
	const times: number[] = [];
	let since = now();
	for await (const check of audit(ports, { studyId })) {
		if (signal?.aborted === true) throw aborted();
		const seconds = (now() - since) / 1000;
		checks.push(check);
		times.push(seconds);
		onCheck?.(check, seconds);
		since = now();
	}
	return auditReportSchema.parse({
		version: 1,
		chainId: ports.chainId,
		deployment: ports.deployment,
		blockNumber: String(blockNumber),
		...(studyId === undefined ? {} : { studyId: String(studyId) }),
		...summarize(checks),
		seconds: rounded((now() - startedAt) / 1000),
		checks: checks.map((check, index) => ({ ...check, seconds: rounded(times[index] as number) })),
	});
};
