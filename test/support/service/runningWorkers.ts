/** Workers in this process, each with its API's place and token; they end with the test. */
import type { TestContext } from "node:test";
import { runWorker } from "../../../worker/service/runWorker.ts";
import { requestOf, type WorkerPlace } from "./workers.ts";

export type RunningWorker = Awaited<ReturnType<typeof startWorker>>;

/** @returns when it follows the chain @throws what ends it before */
export const startWorker = async (
	context: TestContext,
	place: WorkerPlace,
	changes: Readonly<Record<string, unknown>> = {},
) => {
	const { request, stop, lines } = await requestOf(place, changes);
	let token = "";
	const showToken = (shown: string): void => {
		token = shown;
	};
	let ended: Promise<void> = Promise.resolve();
	const { http: url } = await new Promise<{ readonly http: string }>((resolve, reject) => {
		ended = runWorker({ ...request, showToken, onReady: resolve });
		ended.catch(reject);
	});
	context.after(async () => {
		stop.abort();
		await ended.catch(() => undefined);
	});
	return {
		url,
		token,
		lines,
		/** Rejects when the worker ends by an error. */
		ended,
		stop: async () => {
			stop.abort();
			await ended;
		},
	};
};
