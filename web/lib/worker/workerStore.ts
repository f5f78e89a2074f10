/** One paired worker as a page shows it: its state as it changes, and whether it can be reached. */
import type { Clock } from "../wallet/ports.ts";
import { createWorkerClient } from "./client.ts";
import { followWorker } from "./events.ts";
import { forgetPairing, keepPairing, type Pairing, readPairing } from "./pairing.ts";
import { isRefusal, type WorkerProblem } from "./problem.ts";
import type { Job, Offer, Role, WorkerDataset, WorkerStatus } from "./schemas.ts";

export type WorkerConnection =
	| "unpaired"
	| "connecting"
	| "live"
	/** It is tried again and again. */
	| "lost"
	/** The token opens nothing: another one is needed. */
	| "refused";

export type WorkerView = {
	readonly connection: WorkerConnection;
	readonly url?: string | undefined;
	/** Why it is lost or refused; while it is live, none. */
	readonly problem?: WorkerProblem | undefined;
	/** As last seen: what is shown while the worker is down. */
	readonly status?: WorkerStatus | undefined;
	readonly dataset?: WorkerDataset | undefined;
	readonly jobs: readonly Job[];
	readonly offers: readonly Offer[];
};

const UNPAIRED: WorkerView = { connection: "unpaired", jobs: [], offers: [] };

type WorkerStoreOptions = {
	readonly role: Role;
	readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
	readonly clock: Clock;
	readonly fetch?: typeof fetch | undefined;
};

export type WorkerStore = ReturnType<typeof createWorkerStore>;

/** A later state of a known job replaces it. */
const withJob = (jobs: readonly Job[], job: Job): readonly Job[] =>
	jobs.some(({ id }) => id === job.id) ? jobs.map((one) => (one.id === job.id ? job : one)) : [...jobs, job];

export const createWorkerStore = ({ role, storage, clock, fetch: ask }: WorkerStoreOptions) => {
	let view: WorkerView = UNPAIRED;
	let following: AbortController | undefined;
	const listeners = new Set<() => void>();

	const set = (next: WorkerView): void => {
		view = next;
		for (const listener of listeners) listener();
	};
	const change = (part: Partial<WorkerView>): void => set({ ...view, ...part });

	const follow = (pairing: Pairing): void => {
		following?.abort();
		const controller = new AbortController();
		following = controller;
		const { signal } = controller;
		const client = createWorkerClient({ ...pairing, fetch: ask });
		let asking = false;
		/** Once it has opened its data; they are read again by a worker that starts anew. */
		const readDataset = async (): Promise<void> => {
			if (role !== "hospital" || asking || view.dataset !== undefined) return;
			asking = true;
			const answer = await client.dataset(signal);
			asking = false;
			if (answer.ok && !signal.aborted) change({ dataset: answer.value });
		};
		set({ ...UNPAIRED, connection: "connecting", url: pairing.url });
		void followWorker(
			{ ...pairing, signal, clock, fetch: ask },
			{
				connected: () => change({ connection: "live", problem: undefined, dataset: undefined }),
				lost: (problem) => {
					if (isRefusal(problem)) change({ connection: "refused", problem });
					else change({ connection: "lost", problem });
				},
				status: (status) => {
					change({ status });
					// Before, it has not opened its data.
					if (status.study !== null) void readDataset();
				},
				jobs: (jobs) => change({ jobs }),
				job: (job) => change({ jobs: withJob(view.jobs, job) }),
				transactions: (offers) => change({ offers }),
			},
		);
	};

	const stop = (): void => {
		following?.abort();
		following = undefined;
	};

	return {
		get: (): WorkerView => view,
		/** Follows the worker that was paired with in this session while anybody listens. */
		subscribe: (listener: () => void): (() => void) => {
			listeners.add(listener);
			const pairing = readPairing(storage, role);
			if (following === undefined && pairing !== undefined) follow(pairing);
			return () => {
				listeners.delete(listener);
				if (listeners.size === 0) stop();
			};
		},
		pair: (pairing: Pairing): void => {
			keepPairing(storage, role, pairing);
			follow(pairing);
		},
		unpair: (): void => {
			stop();
			forgetPairing(storage, role);
			set(UNPAIRED);
		},
	};
};
