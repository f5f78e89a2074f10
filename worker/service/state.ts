/** What a worker knows about itself, for its page and its health: kept by the loop, read by the HTTP server. */
import type { Address } from "viem";
import type { Deployment } from "../core/ledger/events.ts";
import { isDecentraHealthError } from "../protocol/errors.ts";
import type { Role } from "./config/schema.ts";
import type { Look, Step } from "./loop/runLoop.ts";
import type { DatasetSummary } from "./open/dataset.ts";

export type WorkerIdentity = {
	readonly chainId: number;
	readonly deployment: Deployment;
	readonly studyId: bigint;
	readonly studyName: string;
	readonly wallet: { readonly kind: "keystore" | "external"; readonly address: Address };
	readonly dataset?: DatasetSummary | undefined;
};

export type Problem = { readonly code: string; readonly message: string; readonly nextStep: string };

/** Any error as what may be shown: of one without a code, nothing but that. */
export const problemOf = (error: unknown): Problem =>
	isDecentraHealthError(error)
		? { code: error.code, message: error.message, nextStep: error.nextStep }
		: { code: "UNEXPECTED", message: "a fault of the program", nextStep: "Report it with the worker's log." };

/** A worker that has not looked at the chain for so long is not ready, milliseconds. */
const STALE = 120_000;

export type WorkerState = ReturnType<typeof createState>;

export const createState = (role: Role, now: () => number = () => performance.now()) => {
	let identity: WorkerIdentity | undefined;
	let look: Look | undefined;
	let lookedAt = 0;
	let last: Step | undefined;
	let problem: Problem | undefined;
	return {
		role,
		opened: (opened: WorkerIdentity): void => {
			identity = opened;
		},
		looked: (seen: Look): void => {
			look = seen;
			lookedAt = now();
		},
		stepped: (step: Step): void => {
			last = step;
			problem = undefined;
		},
		failed: (error: unknown): void => {
			problem = problemOf(error);
		},
		identity: () => identity,
		look: () => look,
		/** The last step; what is next follows from the next look. */
		last: () => last,
		problem: () => problem,
		/** Undefined when it is ready; otherwise why not. */
		notReady: (): string | undefined => {
			if (identity === undefined || look === undefined) return "it is starting";
			return now() - lookedAt > STALE ? "the chain was not looked at for two minutes" : undefined;
		},
	};
};
