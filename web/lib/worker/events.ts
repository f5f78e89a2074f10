/** What goes on in the worker as it happens; the connection is made again whenever it ends. */
import type { Clock } from "../wallet/ports.ts";
import { authorization, problemOfFailure, problemOfResponse } from "./client.ts";
import type { Pairing } from "./pairing.ts";
import { isRefusal, notUnderstood, SLOW, UNREACHABLE, type WorkerProblem } from "./problem.ts";
import {
	type Job,
	jobSchema,
	jobsSchema,
	type Offer,
	offersSchema,
	statusSchema,
	type WorkerStatus,
} from "./schemas.ts";
import { createEventParser, type ServerSentEvent } from "./serverSentEvents.ts";

export type WorkerListener = {
	/** The stream is open: what follows first is the whole state. */
	readonly connected: () => void;
	/** The stream ended; it is tried again unless the worker refused this page. */
	readonly lost: (problem: WorkerProblem) => void;
	readonly status: (status: WorkerStatus) => void;
	readonly jobs: (jobs: readonly Job[]) => void;
	readonly job: (job: Job) => void;
	readonly transactions: (offers: readonly Offer[]) => void;
};

export type FollowOptions = Pairing & {
	readonly signal: AbortSignal;
	readonly clock: Clock;
	readonly fetch?: typeof fetch | undefined;
	/** Milliseconds without a byte after which the connection counts as dead; the worker sends one each 15 s. */
	readonly silence?: number | undefined;
};

const SILENCE = 40_000;
const FIRST_WAIT = 1_000;
const MOST_WAIT = 8_000;

const dispatch = ({ event, data }: ServerSentEvent, listener: WorkerListener): WorkerProblem | undefined => {
	let value: unknown;
	try {
		value = JSON.parse(data);
	} catch {
		return notUnderstood(`event ${event}`);
	}
	const wrong = (): WorkerProblem => notUnderstood(`event ${event}`);
	switch (event) {
		case "status": {
			const parsed = statusSchema.safeParse(value);
			return parsed.success ? void listener.status(parsed.data) : wrong();
		}
		case "jobs": {
			const parsed = jobsSchema.safeParse(value);
			return parsed.success ? void listener.jobs(parsed.data.jobs) : wrong();
		}
		case "job": {
			const parsed = jobSchema.safeParse(value);
			return parsed.success ? void listener.job(parsed.data) : wrong();
		}
		case "transactions": {
			const parsed = offersSchema.safeParse(value);
			return parsed.success ? void listener.transactions(parsed.data.transactions) : wrong();
		}
		default:
			// A newer worker's.
			return undefined;
	}
};

/** One connection, to its end. @returns why it ended */
const followOnce = async (
	{ url, token, signal, fetch: ask = fetch, silence = SILENCE }: FollowOptions,
	listener: WorkerListener,
): Promise<WorkerProblem> => {
	const connection = new AbortController();
	const end = (): void => connection.abort();
	signal.addEventListener("abort", end);
	let timer = setTimeout(end, silence);
	let problem: WorkerProblem | undefined;
	try {
		const response = await ask(`${url}/v1/jobs/events`, {
			headers: { ...authorization({ token }), Accept: "text/event-stream" },
			signal: connection.signal,
			redirect: "error",
			credentials: "omit",
			cache: "no-store",
			referrerPolicy: "no-referrer",
		});
		if (!response.ok || response.body === null) return (await problemOfResponse(response)).problem;
		listener.connected();
		const parse = createEventParser((event) => {
			problem ??= dispatch(event, listener);
		});
		const decoder = new TextDecoder();
		const reader = response.body.getReader();
		while (problem === undefined) {
			const { done, value } = await reader.read();
			if (done) return UNREACHABLE;
			clearTimeout(timer);
			timer = setTimeout(end, silence);
			parse(decoder.decode(value, { stream: true }));
		}
		return problem;
	} catch (error) {
		if (error instanceof RangeError) return notUnderstood("an event without an end");
		// Ended by us: no byte came.
		return connection.signal.aborted ? SLOW : problemOfFailure(error).problem;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", end);
		connection.abort();
	}
};

/** Follows until the signal aborts or the worker refuses the token. */
export const followWorker = async (options: FollowOptions, listener: WorkerListener): Promise<void> => {
	const { signal, clock } = options;
	let wait = FIRST_WAIT;
	while (!signal.aborted) {
		const problem = await followOnce(options, {
			...listener,
			connected: () => {
				wait = FIRST_WAIT;
				listener.connected();
			},
		});
		if (signal.aborted) return;
		listener.lost(problem);
		if (isRefusal(problem)) return;
		await clock.wait(wait, signal);
		wait = Math.min(2 * wait, MOST_WAIT);
	}
};
