/** How an audit stands, from the messages of its worker: a state that only the functions here make. */
import type { AuditReport } from "../../../worker/core/audit/report.ts";
import type { AuditHead, AuditMessage, Problem, TimedCheck } from "./messages.ts";
import type { AuditRequest } from "./request.ts";

type Begun = {
	readonly request: AuditRequest;
	/** Milliseconds since 1970, UTC. */
	readonly startedAt: number;
};

type Underway = Begun & { readonly head?: AuditHead; readonly checks: readonly TimedCheck[] };

export type AuditState =
	| { readonly phase: "idle" }
	/** Without a head, the deployment's events are being read. */
	| (Underway & { readonly phase: "running" })
	| (Begun & {
			readonly phase: "finished";
			readonly head: AuditHead;
			readonly checks: readonly TimedCheck[];
			readonly report: AuditReport;
			readonly finishedAt: number;
	  })
	| (Underway & { readonly phase: "stopped"; readonly finishedAt: number })
	/** Says nothing about what is audited: chain, gateway or program failed. */
	| (Underway & { readonly phase: "interrupted"; readonly problem: Problem; readonly finishedAt: number });

export type RunningState = Extract<AuditState, { phase: "running" }>;

export const IDLE: AuditState = { phase: "idle" };

export const started = (request: AuditRequest, now: number): RunningState => ({
	phase: "running",
	request,
	startedAt: now,
	checks: [],
});

/** Several messages at once: a page need not draw each. Those after the end are of no audit that is shown. */
export const received = (state: AuditState, messages: readonly AuditMessage[], now: number): AuditState => {
	let next = state;
	const arrived: TimedCheck[] = [];
	for (const message of messages) {
		if (next.phase !== "running") break;
		const checks: readonly TimedCheck[] = arrived.length === 0 ? next.checks : [...next.checks, ...arrived];
		switch (message.type) {
			case "head":
				next = { ...next, head: message.head };
				break;
			case "check":
				arrived.push({ ...message.check, seconds: message.seconds });
				break;
			case "report": {
				const { request, startedAt, head } = next;
				next =
					head === undefined
						? interrupted(next, { ...LOST, message: "the worker reported before it had read the chain" }, now)
						: {
								phase: "finished",
								request,
								startedAt,
								head,
								checks: message.report.checks,
								report: message.report,
								finishedAt: now,
							};
				break;
			}
			case "interrupted":
				next = interrupted({ ...next, checks }, message.problem, now);
				break;
			default:
				message satisfies never;
		}
	}
	return next.phase === "running" && arrived.length > 0 ? { ...next, checks: [...next.checks, ...arrived] } : next;
};

const LOST: Problem = {
	code: "FAULT",
	message: "the audit's worker ended by itself",
	nextStep: "Reload the page and start the audit again. It needs a browser with WebAssembly and module workers.",
};

export const interrupted = (state: RunningState, problem: Problem, now: number): AuditState => ({
	...state,
	phase: "interrupted",
	problem,
	finishedAt: now,
});

/** The worker failed, or said what is no message. */
export const lost = (state: AuditState, message: string | undefined, now: number): AuditState =>
	state.phase === "running" ? interrupted(state, message === undefined ? LOST : { ...LOST, message }, now) : state;

export const stopped = (state: AuditState, now: number): AuditState =>
	state.phase === "running" ? { ...state, phase: "stopped", finishedAt: now } : state;

/** Share of the expected checks that are made, 0 to 1; failures can make more or fewer checks than expected. */
export const progressOf = (state: AuditState): number => {
	if (state.phase === "finished") return 1;
	if (state.phase === "idle" || state.head === undefined) return 0;
	return Math.min(0.99, state.checks.length / Math.max(1, state.head.expected));
};
