/** The worker's API: every answer is checked, none is waited for without end. */
import type { z } from "zod";
import type { OfferedAction } from "../../../worker/protocol/offeredActions.ts";
import type { Pairing } from "./pairing.ts";
import { type Answer, failed, notUnderstood, SLOW, UNREACHABLE } from "./problem.ts";
import {
	blockSchema,
	datasetSchema,
	jobsSchema,
	offerSchema,
	offersSchema,
	problemSchema,
	statusSchema,
} from "./schemas.ts";

type Fetch = typeof fetch;

export type WorkerClientOptions = Pairing & {
	readonly fetch?: Fetch | undefined;
	/** Milliseconds. */
	readonly timeout?: number | undefined;
};

const TIMEOUT = 10_000;

export const authorization = ({ token }: Pick<Pairing, "token">): { readonly Authorization: string } => ({
	Authorization: `Bearer ${token}`,
});

/** What a refusal says; the status alone when it is not one of the worker's. */
export const problemOfResponse = async (response: Response): Promise<ReturnType<typeof failed>> => {
	const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
	return failed(parsed.success ? parsed.data : notUnderstood(`HTTP status ${response.status}`));
};

/** For requests that did not get an answer. */
export const problemOfFailure = (error: unknown): ReturnType<typeof failed> =>
	failed(error instanceof Error && error.name === "TimeoutError" ? SLOW : UNREACHABLE);

const preparedSchema = offerSchema.pick({ to: true, data: true, chainId: true, summary: true });

export const createWorkerClient = ({ url, token, fetch: ask = fetch, timeout = TIMEOUT }: WorkerClientOptions) => {
	const request = async <T>(
		path: string,
		schema: z.ZodType<T>,
		{ signal, ...init }: RequestInit & { readonly signal?: AbortSignal } = {},
	): Promise<Answer<T>> => {
		const limit = AbortSignal.timeout(timeout);
		try {
			const response = await ask(`${url}${path}`, {
				...init,
				headers: { ...authorization({ token }), ...init.headers },
				signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
				// The token belongs to this address alone.
				redirect: "error",
				credentials: "omit",
				cache: "no-store",
				referrerPolicy: "no-referrer",
			});
			if (!response.ok) return await problemOfResponse(response);
			const parsed = schema.safeParse(await response.json());
			return parsed.success
				? { ok: true, value: parsed.data }
				: failed(notUnderstood(`${path}, ${parsed.error.issues[0]?.path.join(".") || "its form"}`));
		} catch (error) {
			// A body that is no JSON.
			return error instanceof SyntaxError ? failed(notUnderstood(path)) : problemOfFailure(error);
		}
	};
	return {
		status: (signal?: AbortSignal) => request("/v1/status", statusSchema, signal === undefined ? {} : { signal }),
		dataset: (signal?: AbortSignal) => request("/v1/dataset", datasetSchema, signal === undefined ? {} : { signal }),
		jobs: () => request("/v1/jobs", jobsSchema),
		transactions: () => request("/v1/transactions", offersSchema),
		/** The transaction of an action that is due, as it is now. */
		prepare: (action: OfferedAction) =>
			request("/v1/transactions/prepare", preparedSchema, {
				method: "POST",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ action }),
			}),
		/** Publishes a block in a coordinator's store. */
		publish: (bytes: Uint8Array<ArrayBuffer>) =>
			request("/v1/blocks", blockSchema, {
				method: "POST",
				headers: { "Content-Type": "application/octet-stream" },
				body: bytes,
			}),
	};
};

export type WorkerClient = ReturnType<typeof createWorkerClient>;
